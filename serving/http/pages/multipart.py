"""Forms with a file, as browsers send them (RFC 7578)."""

from email.message import Message
from email.parser import BytesHeaderParser
from typing import NamedTuple

_MOST_PARTS = 100
_END = b"--"


class Sent(NamedTuple):
    """A part of a form.

    Attributes:
        name: Of its field.
        file: Name of the file; None where it is no file.
        content: Of the field or file.
    """

    name: str
    file: str | None
    content: bytes


def read_parts(kind: str, body: bytes) -> list[Sent]:
    """Return the parts of a form.

    Args:
        kind: The header `Content-Type`.
        body: Of the request.

    Raises:
        ValueError: It is no such form, or has too many parts.
    """
    header = Message()
    header["content-type"] = kind
    boundary = header.get_boundary("").encode("ascii")
    _, *sections = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if not boundary or not sections or not sections[-1].startswith(_END):
        raise ValueError("no form ends where it should")
    if len(sections) > _MOST_PARTS:
        raise ValueError("too many fields")
    return [_part(section) for section in sections[:-1]]


def _part(section: bytes) -> Sent:
    head, gap, content = section.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    told = BytesHeaderParser().parsebytes(head)
    name = told.get_param("name", header="content-disposition")
    if not gap or not isinstance(name, str) or told.get_content_disposition() != "form-data":
        raise ValueError("a part has no name")
    return Sent(name, told.get_filename(), content)
