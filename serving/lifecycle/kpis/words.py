"""What the figures and their groups are called, in German and English, and their units."""

from collections.abc import Mapping
from typing import Literal

from features.contract.language import Language
from serving.lifecycle.kpis.groups import Dimension
from serving.lifecycle.kpis.kpis import KpiName

Unit = Literal["share", "hours", "days", "money", "per_day", "money_per_day"]

UNITS: Mapping[KpiName, Unit] = {
    "mql_to_sql": "share",
    "acceptance_rate": "share",
    "speed_to_lead": "hours",
    "within_sla": "share",
    "close_rate": "share",
    "sales_cycle": "days",
    "deal_value": "money",
    "pipeline_velocity": "per_day",
    "pipeline_value": "money_per_day",
    "cost_per_lead": "money",
    "cost_per_sql": "money",
}

LABELS: Mapping[Language, Mapping[KpiName, str]] = {
    "de": {
        "mql_to_sql": "MQL zu SQL",
        "acceptance_rate": "Annahmequote",
        "speed_to_lead": "Reaktionszeit (Median)",
        "within_sla": "Rechtzeitig bearbeitet",
        "close_rate": "Abschlussquote",
        "sales_cycle": "Verkaufszyklus (Median)",
        "deal_value": "Mittlerer Auftragswert",
        "pipeline_velocity": "Pipeline-Geschwindigkeit",
        "pipeline_value": "Pipeline-Geschwindigkeit in Geld",
        "cost_per_lead": "Kosten je Lead",
        "cost_per_sql": "Kosten je SQL",
    },
    "en": {
        "mql_to_sql": "MQL to SQL",
        "acceptance_rate": "Acceptance rate",
        "speed_to_lead": "Speed to lead (median)",
        "within_sla": "Within the SLA",
        "close_rate": "Close rate",
        "sales_cycle": "Sales cycle (median)",
        "deal_value": "Mean deal value",
        "pipeline_velocity": "Pipeline velocity",
        "pipeline_value": "Pipeline velocity in money",
        "cost_per_lead": "Cost per lead",
        "cost_per_sql": "Cost per SQL",
    },
}

DIMENSIONS: Mapping[Language, Mapping[Dimension, str]] = {
    "de": {
        "month": "Monat",
        "week": "Woche",
        "channel": "Kanal",
        "campaign": "Kampagne",
        "use_case": "Anwendungsfall",
        "grade": "Klasse",
    },
    "en": {
        "month": "Month",
        "week": "Week",
        "channel": "Channel",
        "campaign": "Campaign",
        "use_case": "Use case",
        "grade": "Grade",
    },
}
