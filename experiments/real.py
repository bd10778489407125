"""The projects on real data."""

from pathlib import Path

LEADS = ("bpic2012_loans", "relax_signup", "olist_funnel", "bank_marketing")
"""Those whose results are told at length."""

TABLES = ("x_education", "av_smart_lead")
"""Tables of leads without dates, to compare learners on."""


def project_file(name: str) -> Path:
    """Return the project file of a name."""
    return Path(__file__).parent / "projects" / f"{name}.toml"
