"""Kinds of problems that errors tell of: stable codes, explained in the same words everywhere."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

ErrorCode = Literal[
    "invalid_http",
    "invalid_json",
    "invalid_gzip",
    "unknown_encoding",
    "invalid_request",
    "too_large",
    "not_found",
    "method_not_allowed",
    "not_ready",
    "model_required",
    "unauthorized",
    "forbidden",
    "foreign_host",
    "keys_away",
    "no_record",
    "record_away",
    "unknown_lead",
    "unknown_account",
    "not_scored",
    "unknown_webhook",
    "unknown_sender",
    "unknown_opt_in",
    "no_mail",
    "unknown_merge",
    "already_one",
    "merged_again",
    "moved_meanwhile",
    "no_such_way",
    "criteria_unmet",
    "busy",
    "too_many",
    "too_slow",
    "stopping",
    "stuck",
    "internal",
]

EXPLAINED_AT = "/problems/"
"""Path of the page that explains a code, which follows it."""


class Kind(NamedTuple):
    """What is said of every problem of one code.

    Attributes:
        title: What happened.
        advice: What to do.
    """

    title: str
    advice: str


KINDS: Mapping[ErrorCode, Kind] = {
    "invalid_http": Kind(
        "What was sent is no HTTP/1.1, or its head is too large.", "See the client's settings."
    ),
    "invalid_json": Kind("The body is no JSON in UTF-8.", "Correct it."),
    "invalid_gzip": Kind("The body is said to be gzip, and is not.", "Pack all of it, once."),
    "unknown_encoding": Kind(
        "The body is packed in a way that is not known.", "Send it as it is, or as gzip."
    ),
    "invalid_request": Kind(
        "What was sent is not what this path takes.",
        "Correct field, or what detail says.",
    ),
    "too_large": Kind("The body is larger than the endpoint takes.", "Send less at once."),
    "not_found": Kind("No such path.", "See Endpoints."),
    "method_not_allowed": Kind("GET for POST, or the like.", "See the Allow header."),
    "not_ready": Kind("The service is still loading.", "Ask again in seconds."),
    "model_required": Kind(
        "You demanded the model, and the rules would have answered.", "What detail says."
    ),
    "unauthorized": Kind(
        "The key is missing, unknown, expired, revoked or in the address; or a write key or "
        "signature is wrong.",
        "Do what detail says.",
    ),
    "forbidden": Kind("The key does not allow this.", "Use one with the scope that detail names."),
    "foreign_host": Kind(
        "The service needs no key, and the request names another host, or comes from a page of "
        "another one.",
        "Call it as 127.0.0.1, list the name in LEADSCORE_HOSTS, or make a key.",
    ),
    "keys_away": Kind(
        "Keys could not be read for an hour, or not yet since the start.",
        "Wait as Retry-After says. Operation: see the log; the record's database is "
        "away, or the key file wrong.",
    ),
    "no_record": Kind("No record is kept here.", "Set LEADSCORE_DATABASE_URL."),
    "record_away": Kind(
        "The record's database does not answer. Nothing of the request was kept.",
        "Wait as Retry-After says, send it again.",
    ),
    "unknown_lead": Kind("The record has no such lead, or had none at as_of.", "PUT it."),
    "unknown_account": Kind("The record has no lead of this company.", "PUT one."),
    "not_scored": Kind(
        "No basis for profiling, or a visitor whom nobody knows.",
        "Get consent, or see the policy.",
    ),
    "unknown_sender": Kind("The mapping file has no such sender.", "See senders."),
    "unknown_webhook": Kind("There is no such webhook.", "See GET /v1/webhooks."),
    "unknown_opt_in": Kind("There is no such request for consent (any more).", "Ask anew."),
    "no_mail": Kind(
        "No e-mails are sent from here.",
        "Set what detail names: LEADSCORE_SMTP_URL, LEADSCORE_MAIL_FROM, LEADSCORE_PUBLIC_URL.",
    ),
    "unknown_merge": Kind("There is no such merge.", "See GET /v1/merges."),
    "already_one": Kind(
        "The two are one lead already. Nothing was changed.", "Go on, or see GET /v1/merges."
    ),
    "merged_again": Kind(
        "The leads of this merge became part of another lead later.",
        "Undo the later merge first.",
    ),
    "moved_meanwhile": Kind(
        "The lead is not in the stage that you expected. Nothing was changed.",
        "See detail for who moved it, look again, and decide anew.",
    ),
    "no_such_way": Kind(
        "The agreement has no such way for this role. Nothing was changed.",
        "detail says which there are; see GET /v1/lifecycle.",
    ),
    "criteria_unmet": Kind(
        "Criteria of the agreement do not hold. Nothing was changed.",
        "Find out what detail names; see GET /v1/leads/{lead_id}/lifecycle.",
    ),
    "busy": Kind(
        "Too much is under way: requests, or bytes of bodies. Nothing was done.",
        "Wait as Retry-After says (seconds), send it again.",
    ),
    "too_many": Kind(
        "You send more requests a second than LEADSCORE_RATE allows. Nothing was done.",
        "Wait as Retry-After says.",
    ),
    "too_slow": Kind(
        "The body came too slowly.", "Send it again; compress it, or send less at once."
    ),
    "stopping": Kind(
        "/readyz only: the service is being stopped. It still answers.", "Ask another one."
    ),
    "stuck": Kind(
        "/healthz of leadscore work only: some of its work had no turn for five minutes.",
        "Start it anew.",
    ),
    "internal": Kind("A defect of the service.", "Its log tells the place, without data."),
}
