"""Operations in the OpenAPI document, where ours say more or other than FastAPI does by itself."""

from fastapi.routing import APIRoute
from pydantic.alias_generators import to_camel

from serving.http.body import PROBLEM_JSON
from serving.http.document.openapi_3_0 import Document
from serving.http.requests.demand import Demand

DEMAND: Document = {
    "parameters": [
        {
            "name": "require",
            "in": "query",
            "required": False,
            "schema": Demand.model_json_schema()["properties"]["require"],
            "description": Demand.model_fields["require"].description,
        }
    ]
}
"""What is said of a demand, which a handler reads itself."""


def operation_id(route: APIRoute) -> str:
    """Return what generated clients call a route: the name of its function, such as `putLead`."""
    return to_camel(route.name)


def own_errors(document: Document) -> None:
    """Take out the errors that FastAPI adds, and put back the null that it leaves out of ours."""
    for operation in [one for of_path in document["paths"].values() for one in of_path.values()]:
        responses = operation["responses"]
        if "HTTPValidationError" in str(responses.get("422")):
            del responses["422"]
        for response in responses.values():
            problem = response.get("content", {}).get(PROBLEM_JSON)
            if problem is not None:
                problem["example"].setdefault("field", None)
    for schema in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(schema, None)
