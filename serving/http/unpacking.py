"""Bodies that their sender has packed: unpacked as they come, and never beyond a limit."""

import zlib

from serving.http.errors import RefusedError

_GZIP = 16 + zlib.MAX_WBITS


class Body:
    """A body on its way in, as its sender meant it; what is larger than the limit is refused."""

    def __init__(self, encoding: str, largest: int) -> None:
        """Begin with nothing.

        Args:
            encoding: The header ``Content-Encoding``; empty if there is none.
            largest: Bytes that it may have, as sent and unpacked.

        Raises:
            RefusedError: The encoding is not known.
        """
        name = encoding.strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip"):
            message = "is not known here; send the body as it is, or packed with gzip"
            raise RefusedError(415, "unknown_encoding", message, "content-encoding")
        self._packed = zlib.decompressobj(_GZIP) if name.endswith("gzip") else None
        self._largest = largest
        self._came = 0
        self._content = bytearray()

    def expect(self, size: int) -> None:
        """Refuse what will be too much before it comes.

        Raises:
            RefusedError: It will.
        """
        self._check(size)

    def take(self, part: bytes) -> None:
        """Take in what came next.

        Raises:
            RefusedError: It is too much, or no gzip though its sender says so.
        """
        self._came += len(part)
        self._check(self._came)
        self._content += part if self._packed is None else self._unpacked(self._packed, part)
        self._check(len(self._content))

    def whole(self) -> bytes:
        """Return all of it, once it is there.

        Raises:
            RefusedError: Its gzip has no end.
        """
        if self._packed is not None and not self._packed.eof:
            raise _no_gzip()
        return bytes(self._content)

    def _unpacked(self, packed: "zlib._Decompress", part: bytes) -> bytes:
        try:
            # One byte more than is allowed tells that it is too much.
            content = packed.decompress(part, self._largest + 1 - len(self._content))
        except zlib.error:
            raise _no_gzip() from None
        # Thousands of tiny archives in a row would keep everybody waiting.
        if packed.unused_data:
            raise _no_gzip()
        return content

    def _check(self, size: int) -> None:
        # The server reads what is left and forgets it, so that the sender can listen.
        if size > self._largest:
            message = f"the body is larger than {self._largest // 1024:,} KiB; send less at once"
            raise RefusedError(413, "too_large", message)


def _no_gzip() -> RefusedError:
    return RefusedError(400, "invalid_gzip", "the body is not one whole gzip; pack it anew")
