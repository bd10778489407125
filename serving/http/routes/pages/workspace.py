"""All pages of the workspace."""

from functools import cache

from fastapi import APIRouter

from serving.http.routes.pages.agreed import agreed_routes
from serving.http.routes.pages.agreed_changes import agreed_change_routes
from serving.http.routes.pages.audit import audit_routes
from serving.http.routes.pages.consent import consent_routes
from serving.http.routes.pages.duplicates import duplicate_routes
from serving.http.routes.pages.figures import figure_routes
from serving.http.routes.pages.handover import handover_page_routes
from serving.http.routes.pages.home import asset_routes, home_routes, missing_routes
from serving.http.routes.pages.imports import import_page_routes
from serving.http.routes.pages.keys import key_routes
from serving.http.routes.pages.lead import lead_routes
from serving.http.routes.pages.lead_decisions import lead_decision_routes
from serving.http.routes.pages.leads import work_routes
from serving.http.routes.pages.login import login_routes
from serving.http.routes.pages.model import model_routes
from serving.http.routes.pages.owners import owner_page_routes
from serving.http.routes.pages.profile import profile_routes
from serving.http.routes.pages.provided_login import provided_login_routes
from serving.http.routes.pages.question import question_routes
from serving.http.routes.pages.users import user_routes


@cache
def workspace_routes() -> tuple[APIRouter, ...]:
    """Return the paths of all pages; a new page comes before what answers for missing ones.

    Pages ask the request for the state of the service; so all services of a process share them.
    """
    return (
        asset_routes(),
        home_routes(),
        login_routes(),
        provided_login_routes(),
        profile_routes(),
        figure_routes(),
        handover_page_routes(),
        model_routes(),
        agreed_change_routes(),
        agreed_routes(),
        import_page_routes(),
        duplicate_routes(),
        consent_routes(),
        audit_routes(),
        user_routes(),
        key_routes(),
        work_routes(),
        lead_routes(),
        lead_decision_routes(),
        owner_page_routes(),
        question_routes(),
        missing_routes(),
    )
