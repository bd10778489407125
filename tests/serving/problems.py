"""Errors as a client reads them."""

import httpx

from serving.http.errors import ErrorBody


def problem_of(response: httpx.Response) -> tuple[int, str, str | None]:
    """Return status, code and field of an error, which is a problem document of RFC 9457."""
    assert response.headers["content-type"] == "application/problem+json"
    body = ErrorBody.model_validate_json(response.content)
    assert response.json().keys() == ErrorBody.model_fields.keys()
    assert (body.status, body.type) == (response.status_code, f"/problems/{body.code}")
    return response.status_code, body.code, body.field
