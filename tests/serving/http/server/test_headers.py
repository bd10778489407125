"""What every answer says beside its body."""

import httpx
import pytest

SAFE = "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize(
    "path", ["/healthz", "/v1/model", "/v1/leads", "/nowhere", "/v1/score", "/openapi.json"]
)
def test_an_answer_is_neither_kept_nor_run(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers.get_list("content-security-policy") == [SAFE]


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_the_documentation_may_load_its_script(client: httpx.Client, path: str) -> None:
    headers = client.get(path).raise_for_status().headers
    assert headers["content-security-policy"] == "frame-ancestors 'none'"


def test_a_page_keeps_its_own_policy(client: httpx.Client) -> None:
    headers = client.get("/opt-in").headers
    (policy,) = headers.get_list("content-security-policy")
    assert "style-src 'sha256-" in policy
    assert headers.get_list("cache-control") == ["no-store"]
