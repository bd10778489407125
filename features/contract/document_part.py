"""What is read from a document or written to one: fixed once made, and strict about its keys."""

from pydantic import BaseModel, ConfigDict


class DocumentPart(BaseModel):
    """A part of a document; unknown keys and numbers that are not finite are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def several(written: object) -> object:
    """Return what a document has as one value or as a list, as a tuple."""
    return tuple(written) if isinstance(written, list | tuple) else (written,)
