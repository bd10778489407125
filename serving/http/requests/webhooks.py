"""Who is to be told of changes and alerts."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl

from features.contract.lead import ContractError
from serving.mail import MAIL_TO, OWNER, TO_OWNER, mail_to
from serving.record.queue.outbox import Shape

Target = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,59}$")]


MailTo = Annotated[
    str,
    Field(pattern="^mailto:[^@?]+@[^@?]+$", max_length=400),
    AfterValidator(mail_to),
]


class WebhookBody(BaseModel):
    """Who is to be told of changes."""

    model_config = ConfigDict(extra="forbid")

    url: Literal["mailto:owner"] | HttpUrl | MailTo = Field(
        description="Where messages are posted; `mailto:` and an address gets alerts as e-mails, "
        "`mailto:owner` is each time the user who owns the lead."
    )
    events: list[Literal["score.changed", "stage.changed", "owner.changed", "alert.raised"]] = (
        Field(min_length=1, max_length=10)
    )
    shape: Literal["standard", "slack", "teams"] = Field(
        default="standard", description="Of alerts: as Slack or Teams show them, or as they are."
    )
    targets: list[Target] | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        description="Of alerts, as `tell` of the agreement names them; all, if left out.",
    )

    def shown_as(self) -> Shape:
        """Return what messages look like.

        Raises:
            ContractError: People are told of alerts only; of other messages they read nothing.
        """
        shape: Shape = "mail" if str(self.url).startswith(MAIL_TO) else self.shape
        if shape != "standard" and set(self.events) != {"alert.raised"}:
            raise ContractError(
                "events", f"must be alert.raised alone, which people read ({shape})"
            )
        if shape == "mail" and self.shape != "standard":
            raise ContractError("shape", "is of what is posted; leave it out for an e-mail")
        return shape

    def told_of(self) -> list[str] | None:
        """Return the targets of alerts that it gets; None is all.

        Raises:
            ContractError: Owners get what is for owners, and nothing else.
        """
        if self.url != TO_OWNER:
            return self.targets
        if self.targets not in (None, [OWNER]):
            raise ContractError("targets", "must be owner alone, or left out, for mailto:owner")
        return [OWNER]
