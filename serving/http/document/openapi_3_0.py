"""The OpenAPI document in version 3.0.3, for readers that know no later one.

Version 3.1 describes data by JSON Schema as it is; 3.0 has words of its own for it.
"""

from typing import Any

Document = dict[str, Any]

_NULL = {"type": "null"}

_ANYTHING: Document = {}

_NO_WORD_FOR = frozenset({"propertyNames"})
"""What 3.0 cannot say; the service checks it all the same."""


def as_3_0(document: Document) -> Document:
    """Return a document of version 3.1 as one of version 3.0.3."""
    info = dict(document["info"])
    # A summary of the whole is new in 3.1.
    info["description"] = info.pop("summary")
    components = document["components"]
    schemas = {name: _schema(schema) for name, schema in components["schemas"].items()}
    return {
        **document,
        "openapi": "3.0.3",
        "info": info,
        "paths": _with_schemas(document["paths"]),
        "components": {**components, "schemas": schemas},
    }


def _with_schemas(part: object) -> object:
    """Convert the schemas in a part of the document; examples hold data, and stay as they are."""
    if isinstance(part, list):
        return [_with_schemas(one) for one in part]
    if not isinstance(part, dict):
        return part
    kept = {"example": part["example"]} if "example" in part else {}
    inside = {key: _with_schemas(value) for key, value in part.items() if key != "schema"}
    schema = {"schema": _schema(part["schema"])} if "schema" in part else {}
    return inside | schema | kept


def _schema(schema: Document) -> Document:
    new: Document = {
        key: _keyword(key, value) for key, value in schema.items() if key not in _NO_WORD_FOR
    }
    if "const" in new:
        new["enum"] = [new.pop("const")]
    if "examples" in new:
        new["example"] = new.pop("examples")[0]
    for bound in ("minimum", "maximum"):
        exclusive = f"exclusive{bound.capitalize()}"
        if exclusive in new:
            new |= {bound: new[exclusive], exclusive: True}
    if "anyOf" in new:
        new = {**_any_of(new.pop("anyOf")), **new}
    if "$ref" in new and len(new) > 1:
        # Whatever stands beside a reference is not read.
        new["allOf"] = [{"$ref": new.pop("$ref")}]
    return new


def _keyword(key: str, value: object) -> object:
    if key == "properties" and isinstance(value, dict):
        return {name: _schema(one) for name, one in value.items()}
    if key in ("items", "additionalProperties") and isinstance(value, dict):
        return _schema(value)
    if key in ("anyOf", "allOf", "oneOf") and isinstance(value, list):
        return [one if one == _NULL else _schema(one) for one in value]
    return value


def _any_of(kinds: list[Document]) -> Document:
    named = [kind for kind in kinds if kind not in (_NULL, _ANYTHING)]
    if _NULL in kinds:
        named = [_nullable(kind) for kind in named]
    return named[0] if len(named) == 1 else {"anyOf": named}


def _nullable(kind: Document) -> Document:
    values = {"enum": [*kind["enum"], None]} if "enum" in kind else {}
    return {**kind, **values, "nullable": True}
