"""What the figures of an agreement look at: for how long, at which fields, in which currency."""

from pydantic import Field

from features.contract.document_part import DocumentPart
from features.contract.duration import DAY_US, Duration
from serving.lifecycle.criteria import FieldName
from serving.lifecycle.currency import Currency


class KpiTerms(DocumentPart):
    """What the figures look at.

    Attributes:
        channel: Profile fields that may tell the channel; the first that is known counts.
        campaign: Those that may tell the campaign.
        value: Profile field that tells what a deal is worth, in `currency`.
        currency: Of deals and costs, as of ISO 4217.
        contacts: Events by which sales takes up a lead.
        action_within: How long after a lead was handed over an action of sales is waited for.
        sql_within: How long after a lead was handed over, or created, it may become SQL.
        close_within: How long after it became SQL a lead may become a customer.
        promised_within: How far ahead the probability of a score looks: the horizon of your model.
    """

    channel: tuple[FieldName, ...] = Field(default=("channel", "utm_source"), min_length=1)
    campaign: tuple[FieldName, ...] = Field(default=("campaign", "utm_campaign"), min_length=1)
    value: FieldName = "deal_value"
    currency: Currency = "EUR"
    contacts: tuple[FieldName, ...] = ("call", "meeting")
    action_within: Duration = 14 * DAY_US
    sql_within: Duration = 90 * DAY_US
    close_within: Duration = 180 * DAY_US
    promised_within: Duration = 30 * DAY_US
