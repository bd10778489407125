"""The OpenAPI document in both versions: valid, alike, and within what its readers take."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator, OAS31Validator
from openapi_spec_validator import validate

from serving.http.app import create_app
from serving.http.document.openapi_3_0 import as_3_0
from serving.http.state import ServiceState

NEWER = create_app(ServiceState()).openapi()
OLDER = as_3_0(NEWER)
VERSIONS = pytest.mark.parametrize("document", [NEWER, OLDER], ids=["3.1", "3.0"])

ONLY_IN_3_1 = {
    "const", "examples", "prefixItems", "propertyNames", "patternProperties", "dependentRequired",
    "unevaluatedProperties", "contains", "if", "then", "else", "$defs", "contentMediaType",
}  # fmt: skip


def schemas_in(part: object, name: str = "") -> Iterator[dict[str, Any]]:
    """Yield every schema of a document, those inside of others too, but no example."""
    if isinstance(part, list):
        for one in part:
            yield from schemas_in(one, name)
    elif isinstance(part, dict):
        if name in ("schema", "items", "additionalProperties", "anyOf", "allOf", "a name"):
            yield part
        for key, value in part.items():
            if key not in ("example", "default"):
                named = name in ("properties", "schemas")
                yield from schemas_in(value, "a name" if named else key)


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for of_path in document["paths"].values() for one in of_path.values()]


@VERSIONS
def test_the_document_is_valid(document: dict[str, Any]) -> None:
    validate(document)


def test_the_older_document_has_no_word_of_the_newer() -> None:
    assert (NEWER["openapi"][:4], OLDER["openapi"]) == ("3.1.", "3.0.3")
    for schema in schemas_in(OLDER):
        assert not schema.keys() & ONLY_IN_3_1
        assert isinstance(schema.get("type", ""), str)
        assert schema.get("type") != "null"
        assert schema.keys() == {"$ref"} or "$ref" not in schema
        for bound in ("exclusiveMinimum", "exclusiveMaximum"):
            assert schema.get(bound, True) is True


def test_both_documents_tell_of_the_same() -> None:
    assert NEWER["paths"].keys() == OLDER["paths"].keys()
    schemas = [one["components"]["schemas"] for one in (NEWER, OLDER)]
    for name, newer in schemas[0].items():
        older = schemas[1][name]
        assert newer.get("properties", {}).keys() == older.get("properties", {}).keys()
        assert newer.get("required") == older.get("required")


@VERSIONS
def test_salesforce_and_its_like_can_read_it(document: dict[str, Any]) -> None:
    names = [one["operationId"] for one in operations(document)]
    assert len(set(names)) == len(names)
    for name in [*names, *document["components"]["schemas"]]:
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,79}", name)
    assert {"scoreLead", "scoreLeads", "putLead", "postEvents"} <= set(names)
    for schema in schemas_in(document):
        assert "not" not in schema
        assert len(schema.get("description", "")) < 1_333
        if schema.get("type") == "array":
            assert schema["items"].get("type") != "array"
    for operation in operations(document):
        assert len(operation["description"]) < 1_333


@VERSIONS
def test_examples_are_what_the_schemas_say(document: dict[str, Any]) -> None:
    validator = OAS30Validator if document is OLDER else OAS31Validator
    shown = [
        content
        for operation in operations(document)
        for part in (operation.get("requestBody", {}), *operation["responses"].values())
        for content in part.get("content", {}).values()
        if "example" in content
    ]
    assert len(shown) > 100
    for content in shown:
        # A named object that may be null: 3.0 has only a usual way to say it, which is not strict.
        if document is NEWER or "results" not in content["example"]:
            schema = {"allOf": [content["schema"]], "components": document["components"]}
            validator(schema).validate(content["example"])


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ({"const": "a", "type": "string"}, {"enum": ["a"], "type": "string"}),
        ({"examples": [1, 2], "type": "integer"}, {"example": 1, "type": "integer"}),
        (
            {"exclusiveMinimum": 0, "type": "number"},
            {"minimum": 0, "exclusiveMinimum": True, "type": "number"},
        ),
        (
            {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}], "default": None},
            {"type": "string", "enum": ["a", None], "nullable": True, "default": None},
        ),
        (
            {"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "null"}]},
            {
                "anyOf": [
                    {"type": "string", "nullable": True},
                    {"type": "number", "nullable": True},
                ]
            },
        ),
        (
            {"anyOf": [{"$ref": "#/a"}, {"type": "null"}], "description": "b"},
            {"allOf": [{"$ref": "#/a"}], "nullable": True, "description": "b"},
        ),
        ({"anyOf": [{"$ref": "#/a"}, {}]}, {"$ref": "#/a"}),
        (
            {"type": "object", "propertyNames": {"maxLength": 9}, "additionalProperties": True},
            {"type": "object", "additionalProperties": True},
        ),
    ],
)
def test_a_schema_is_said_in_the_words_of_3_0(newer: object, older: object) -> None:
    # Inside another one, and as the value of a keyword that holds schemas.
    inside = {"type": "object", "properties": {"const": {"type": "array", "items": newer}}}
    document = {**NEWER, "components": {"schemas": {"Some": inside}}}
    found = as_3_0(document)["components"]["schemas"]["Some"]["properties"]["const"]["items"]
    assert found == older
