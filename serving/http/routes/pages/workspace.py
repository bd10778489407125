"""All pages of the workspace."""

from collections.abc import Iterator

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


def workspace_routes() -> Iterator[APIRouter]:
    """Yield the paths of all pages; a new page comes before what answers for missing ones."""
    yield asset_routes()
    yield home_routes()
    yield login_routes()
    yield provided_login_routes()
    yield profile_routes()
    yield figure_routes()
    yield handover_page_routes()
    yield model_routes()
    yield agreed_change_routes()
    yield agreed_routes()
    yield import_page_routes()
    yield duplicate_routes()
    yield consent_routes()
    yield audit_routes()
    yield user_routes()
    yield key_routes()
    yield work_routes()
    yield lead_routes()
    yield lead_decision_routes()
    yield owner_page_routes()
    yield question_routes()
    yield missing_routes()
