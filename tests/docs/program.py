"""The program `leadscore` as a shell finds it, whose commands need not import everything anew."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

from tests.e2e.command import begun

_PROGRAM = """\
#!{python} -IS
import json, os, socket, sys
with socket.create_connection({address}) as asked:
    told = os.getpid(), sys.argv[1:], os.getcwd(), dict(os.environ)
    asked.sendall(json.dumps(told).encode() + b"\\n")
    sys.exit(int(asked.recv(9)))
"""


class _Asked(StreamRequestHandler):
    """Runs a command for a program, with its streams, and answers with the code of its end."""

    def handle(self) -> None:
        number, arguments, folder, environment = json.loads(self.rfile.readline())
        streams = [Path(f"/proc/{number}/fd/{stream}") for stream in range(3)]
        with begun(arguments, Path(folder), environment, streams) as process:
            process.join()
            self.wfile.write(str(process.exitcode).encode())


@contextmanager
def installed(folder: Path) -> Iterator[str]:
    """Put the program into a folder, and give a path to search that begins there.

    It can be called until the end of the context.
    """
    with ThreadingTCPServer(("127.0.0.1", 0), _Asked) as server:
        program = folder / "leadscore"
        text = _PROGRAM.format(python=sys.executable, address=server.server_address)
        program.write_text(text, encoding="utf-8")
        program.chmod(0o755)
        Thread(target=server.serve_forever).start()
        try:
            yield f"{folder}{os.pathsep}{os.environ['PATH']}"
        finally:
            server.shutdown()
