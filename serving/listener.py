"""Where a service listens."""

import resource
import socket

from features.contract.mistake import MistakeError


class AddressError(MistakeError):
    """The address to listen on cannot be had; the message says what to do."""


def allow_connections() -> None:
    """Let this process have as many connections open as the system allows it.

    By default many systems allow a thousand until a process asks for more: then whoever holds so
    many, and says nothing, keeps all others out.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def listen(host: str, port: int) -> socket.socket:
    """Take an address before anything is loaded.

    Raises:
        AddressError: It is taken, or not one of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        raise AddressError(
            f"cannot listen on {host}:{port}: {error.strerror}; choose another --port or --host"
        ) from None
    # asyncio does this only for sockets it opened itself; without it, answers over open connections
    # wait some 40 ms for the caller's acknowledgement. Accepted sockets inherit it.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def shown_address(listener: socket.socket) -> str:
    """Return where a listener is reached on this machine."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
