"""The page on keys of the API: made, listed, revoked."""

import re
from collections.abc import Mapping
from dataclasses import replace

from fastapi import APIRouter, Response

from features.contract.duration import DAY_US
from serving.access.key import NAME, SCOPES, Key, new_key
from serving.http.pages.answers import go, show
from serving.http.pages.mistakes import PageError
from serving.http.pages.route import for_permission, page_router
from serving.http.pages.visit import Visit, Visiting
from serving.pages.saying import say
from serving.record.access.keys import RecordKeys

KEYS = "/app/keys"

_MOST_DAYS = 3_650


def key_routes() -> APIRouter:
    """Return the paths of the page."""
    routes = page_router()

    @routes.get(KEYS)
    @for_permission("keys")
    def show_keys(visit: Visiting) -> Response:
        return _keys(visit)

    @routes.post(KEYS)
    @for_permission("keys")
    def make_key(visit: Visiting) -> Response:
        store = _store(visit)
        mistakes = _mistakes(visit)
        if mistakes:
            said = {field: say(visit.language, key) for field, key in mistakes.items()}
            return _keys(visit, 422, mistakes=said)
        days = visit.form.get("days")
        ends = visit.at + int(days) * DAY_US if days else None
        allowed = frozenset(scope for scope in SCOPES if scope in visit.form.all("scopes"))
        key, token = new_key(visit.form.get("name"), allowed, visit.at, ends)
        store.put(key)
        return _keys(visit, made=key, token=token)

    @routes.post(KEYS + "/{key_id}/revoke")
    @for_permission("keys")
    def revoke_key(visit: Visiting, key_id: str) -> Response:
        store = _store(visit)
        key = next((each for each in store.read() if each.id == key_id), None)
        if key is None:
            raise PageError(404, "not_found")
        if key.revoked is None:
            store.put(replace(key, revoked=visit.at))
        return go(visit, KEYS, "key_revoked")

    return routes


def _keys(
    visit: Visit,
    status: int = 200,
    *,
    mistakes: Mapping[str, str] | None = None,
    made: Key | None = None,
    token: str | None = None,
) -> Response:
    kept = [] if visit.state.keys_in_file else RecordKeys(visit.database).read()
    typed = {
        "name": "" if made else visit.form.get("name"),
        "days": "" if made else visit.form.get("days"),
        "scopes": [] if made else visit.form.all("scopes"),
    }
    return show(
        visit,
        "keys",
        status,
        in_file=visit.state.keys_in_file,
        keys=kept[::-1],
        now=visit.at,
        scopes_shown=[(scope, say(visit.language, f"scope.{scope}")) for scope in SCOPES],
        mistakes=mistakes or {},
        typed=typed,
        made=made,
        token=token,
    )


def _store(visit: Visit) -> RecordKeys:
    if visit.state.keys_in_file:
        raise PageError(409, "conflict")
    return RecordKeys(visit.database, by=visit.user.actor)


def _mistakes(visit: Visit) -> dict[str, str]:
    """Return the keys of what is wrong with the form, by field."""
    found = {}
    if re.fullmatch(NAME, visit.form.get("name")) is None:
        found["name"] = "keys.mistake.name"
    if not set(visit.form.all("scopes")) & set(SCOPES):
        found["scopes"] = "keys.mistake.scopes"
    days = visit.form.get("days")
    if days and not (re.fullmatch("[0-9]{1,4}", days) and 1 <= int(days) <= _MOST_DAYS):
        found["days"] = "keys.mistake.days"
    return found
