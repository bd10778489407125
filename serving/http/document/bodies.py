"""Bodies that handlers read themselves, as the OpenAPI document shows them."""

from collections.abc import Mapping

from pydantic import BaseModel

from serving.http.document.examples import EXAMPLES
from serving.http.document.openapi_3_0 import Document

SCHEMAS = "#/components/schemas/"


def body_of(model: type[BaseModel]) -> Document:
    """Return what the document says of a body that its handler reads itself."""
    name = model.__name__
    return _described({"$ref": f"{SCHEMAS}{name}"}, name)


def json_body(example: str) -> Document:
    """Return what the document says of a body that another protocol describes."""
    schema: Document = {"type": "object"}
    if isinstance(EXAMPLES[example], list):
        schema = {"type": "array", "items": {}}
    return _described(schema, example)


def list_body(forms: Mapping[str, str]) -> Document:
    """Return what the document says of a list of leads.

    Args:
        forms: Schema format by media type.
    """
    content = {kind: {"schema": {"type": "string", "format": of}} for kind, of in forms.items()}
    rows = {"type": "array", "items": {"type": "object"}, "minItems": 1}
    shown = {"application/json": {"schema": rows, "example": EXAMPLES["ListedLeads"]}}
    return {"requestBody": {"required": True, "content": {**shown, **content}}}


def _described(schema: Document, example: str) -> Document:
    content = {"schema": schema, "example": EXAMPLES[example]}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}
