"""The page on the audit: who did what, when."""

import re
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from serving.http.pages.answers import show
from serving.http.pages.mistakes import PageError
from serving.http.pages.route import for_permission, page_router
from serving.http.pages.visit import Visiting
from serving.record.access.audit_log import Wanted, audit_log
from serving.record.access.users import names_of
from serving.record.leads.leads import find_lead, parts_of

AUDIT = "/app/audit"

_LISTED = 100


def audit_routes() -> APIRouter:
    """Return the path of the page."""
    routes = page_router()

    @routes.get(AUDIT)
    @for_permission("audit")
    def show_audit(
        visit: Visiting, actor: str = "", action: str = "", lead: str = "", before: str = ""
    ) -> Response:
        typed = {"actor": actor.strip(), "action": action.strip(), "lead": lead.strip()}
        if any("\0" in text for text in typed.values()) or not re.fullmatch("[0-9]{0,18}", before):
            raise PageError(400, "invalid")
        with visit.database.reading() as connection:
            found = find_lead(connection, typed["lead"]) if typed["lead"] else None
            wanted = Wanted(
                actor=typed["actor"] or None,
                action=typed["action"] or None,
                leads=None if found is None else list(parts_of(connection, [found.number])),
                before=int(before) if before else None,
            )
            unknown = bool(typed["lead"]) and found is None
            entries = [] if unknown else audit_log(connection, wanted, _LISTED + 1)
            names = names_of(connection)
        more = {key: text for key, text in typed.items() if text}
        if len(entries) > _LISTED:
            more["before"] = str(entries[_LISTED - 1].number)
        return show(
            visit,
            "audit",
            entries=entries[:_LISTED],
            typed=typed,
            unknown=unknown,
            names=names,
            older=f"{AUDIT}?{urlencode(more)}" if "before" in more else None,
        )

    return routes
