"""What the OpenAPI document says of keys."""

from serving.http.auth import Need
from serving.http.document.openapi_3_0 import Document

SCHEMES: Document = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A key that `leadscore keys create` made: `Authorization: Bearer ls_..`.",
    },
    "header": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "The same key, for systems that cannot send the other header.",
    },
    "writeKey": {
        "type": "http",
        "scheme": "basic",
        "description": "The write key of the Segment protocol as the user name.",
    },
}


def security_of(need: Need) -> list[Document]:
    """Return the ways in to a route, any of which will do."""
    ways = ["bearer", "header", *([] if need.scheme is None else [need.scheme])]
    return [] if need.scope is None else [{way: []} for way in ways]
