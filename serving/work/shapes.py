"""Messages in the shape that their receivers want: as they are, or as Slack and Teams show them."""

from typing import Any

from serving.pages.alerts import WORDS, AlertText, Reading, alert_text
from serving.record.queue.outbox import Shape


def shaped(shape: Shape, payload: dict[str, Any], reading: Reading) -> dict[str, Any]:
    """Return what is posted of a message.

    Args:
        shape: What it looks like; only alerts have others than `standard`.
        payload: As the outbox has it.
        reading: How it is read.
    """
    if payload["type"] != "alert.raised":
        return payload
    text = alert_text(payload["data"], reading)
    if shape == "slack":
        return _slack(text, WORDS[reading.language]["open"])
    if shape == "teams":
        return _teams(text, WORDS[reading.language]["open"])
    said = {"title": text.title, "text": " ".join(text.sentences), "link": text.link}
    return {**payload, "data": {**payload["data"], **said}}


def _slack(text: AlertText, opens: str) -> dict[str, Any]:
    """Return a message with blocks; a client that shows none reads `text`."""
    lines = [f"*{_escaped(text.title)}*", *map(_escaped, text.sentences)]
    if text.link is not None:
        lines.append(f"<{_escaped(text.link)}|{_escaped(opens)}>")
    # As it stands: nobody is called, and nothing becomes a link that we did not make one.
    block = {"type": "mrkdwn", "text": "\n".join(lines), "verbatim": True}
    return {
        "text": _escaped(text.title),
        "blocks": [{"type": "section", "text": block}],
        "unfurl_links": False,
    }


def _escaped(text: str) -> str:
    """Return a text without what Slack reads as a call, a link or the end of bold type."""
    for sign, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, written)
    return text


def _teams(text: AlertText, opens: str) -> dict[str, Any]:
    """Return an Adaptive Card as the workflows of Teams take it."""
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        # Runs of text know no Markdown, so nothing in them becomes a link.
        "body": [
            _run(text.title, weight="Bolder"),
            *(_run(sentence) for sentence in text.sentences),
        ],
    }
    if text.link is not None:
        card["actions"] = [{"type": "Action.OpenUrl", "title": opens, "url": text.link}]
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None,
        "content": card,
    }  # fmt: skip
    return {"type": "message", "attachments": [attachment]}


def _run(text: str, **style: str) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **style}]}
