"""What is answered to a caller whose request never reaches the application."""

from http import HTTPStatus

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from serving.http.body import PROBLEM_JSON
from serving.http.errors import ErrorBody, Problem

_UNREADABLE = Problem(
    code="invalid_http", message="the request is no HTTP/1.1, or its head is larger than 64 KiB"
)


class Protocol(H11Protocol):
    """Speaks HTTP as uvicorn does, and refuses in the shape of every error."""

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request."""
        self.refuse(400, _UNREADABLE)

    def refuse(self, status: int, problem: Problem) -> None:
        """Answer with an error, unless an answer is under way, and close the connection."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            said = ErrorBody.of(status, problem).model_dump_json().encode()
            headers = [
                ("Content-Type", PROBLEM_JSON),
                ("Content-Length", str(len(said))),
                ("Connection", "close"),
            ]
            phrase = HTTPStatus(status).phrase
            answer = h11.Response(status_code=status, headers=headers, reason=phrase)
            for event in (answer, h11.Data(data=said), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
