"""Consent asked for by e-mail, from the request to the button; on both databases, by real SMTP."""

import re
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, update

from features.contract.clock import now
from serving.http.state import ServiceState
from serving.mail import Mail
from serving.record.database.database import Database
from serving.record.privacy.opt_in_tokens import token_of
from serving.record.privacy.opt_ins import AGAIN_US
from serving.record.privacy.policy import Policy
from serving.record.schema import audit, consent, opt_in
from serving.stored.scoring import StoredScores
from serving.work.opt_in_mails import OptInMails
from tests.serving.post_office import PostOffice, opened
from tests.serving.problems import problem_of
from tests.serving.server import running

TEXT = "Ich möchte, dass die Müller Maschinen GmbH mein Verhalten <auswertet>.\nBis ich widerrufe."
POLICY = {"wordings": {"w-1": {"de": TEXT, "en": "Yes & no"}, "german": {"de": "Ja"}}}
ASKED = {
    "lead_id": "L",
    "purpose": "profiling",
    "wording": "w-1",
    "language": "de",
    "source": "form:x",
}


@pytest.fixture
def state(state: ServiceState, database: Database) -> ServiceState:
    state.record = StoredScores(database, Policy.model_validate(POLICY))
    return state


@pytest.fixture
def client(client: httpx.Client) -> httpx.Client:
    put(client)
    return client


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


@pytest.fixture
def mail(office: PostOffice) -> Iterator[Mail]:
    with opened(office) as mail:
        yield mail


def put(client: httpx.Client, lead_id: str = "L", **told: object) -> None:
    lead = {"contact": {"email": f"{lead_id}@müller.example"}, **told}
    client.put(f"/v1/leads/{lead_id}", json=lead).raise_for_status()


def ask(client: httpx.Client, **other: object) -> dict[str, Any]:
    answer = client.post("/v1/opt-ins", json={**ASKED, **other})
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


def link(database: Database, asked: dict[str, Any]) -> str:
    with database.writing() as connection:
        return f"/opt-in?token={token_of(connection, asked['opt_in_id'])}"


def link_in(message: EmailMessage) -> str:
    body = message.get_content()
    [found] = re.findall(r"https://leads\.example\.com(/opt-in\?token=\S+)", body)
    return str(found)


def granted(database: Database) -> list[Any]:
    with database.reading() as connection:
        return list(connection.execute(select(consent)).mappings())


class Tags(HTMLParser):
    """What a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_a_consent_is_given_by_the_button_and_by_nothing_else(
    client: httpx.Client, database: Database, office: PostOffice, mail: Mail
) -> None:
    asked = ask(client)
    assert (asked["mail"], asked["confirmed_at"], asked["lead_id"]) == ("waiting", None, "L")
    mails = OptInMails(database, mail, now)
    assert (mails.send_due(), mails.send_due()) == (1, 0)
    assert office.to == ["l@xn--mller-kva.example"]
    [message] = office.mails
    assert message["From"] == "Müller Maschinen GmbH <news@example.com>"
    assert message["Subject"] == "Bitte bestätigen Sie Ihre Einwilligung"
    assert TEXT in message.get_content().replace("\r\n", "\n")
    state = client.get(f"/v1/opt-ins/{asked['opt_in_id']}").json()
    assert (state["mail"], state["attempts"], state["answer"]) == ("sent", 1, "250")

    page = client.get(link_in(message))
    assert page.status_code == 200
    assert "&lt;auswertet&gt;" in page.text
    assert granted(database) == []
    assert client.get("/v1/leads/L/score").status_code == 409

    done = client.post(link_in(message))
    assert done.status_code == 200
    assert "Vielen Dank" in done.text
    [entry] = granted(database)
    assert (entry["purpose"], entry["basis"], entry["given"]) == ("profiling", "consent", True)
    assert (entry["wording"], entry["source"]) == ("w-1", "form:x")
    assert asked["opt_in_id"] in entry["proof"]
    assert client.get("/v1/leads/L/score").status_code == 200
    state = client.get(f"/v1/opt-ins/{asked['opt_in_id']}").json()
    assert state["confirmed_at"] is not None
    actions = [one["action"] for one in client.get("/v1/leads/L/audit").json()["entries"]]
    assert [one for one in actions if "opt_in" in one] == ["opt_in_requested", "opt_in_confirmed"]
    # What was agreed to is kept, and is the person's to ask for.
    held = client.get("/v1/leads/L/export").json()["tables"]["opt_in"]
    assert [row["text"] for row in held] == [TEXT]


def test_confirming_twice_or_at_once_is_confirming(
    client: httpx.Client, database: Database
) -> None:
    path = link(database, ask(client))
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(client.post(path).status_code))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 8
    assert len(granted(database)) == 1
    assert "Vielen Dank" in client.get(path).text


def test_the_page_loads_nothing_and_tells_nobody(client: httpx.Client, database: Database) -> None:
    page = client.get(link(database, ask(client, language="en")))
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    tags = Tags(page.text).found
    assert ("html", {"lang": "en"}) in tags
    assert ("form", {"method": "post"}) in tags
    assert {name for name, _ in tags}.isdisjoint({"script", "link", "img", "iframe", "a"})
    assert "Yes &amp; no" in page.text


@pytest.mark.parametrize(
    "token",
    ["", "x", "äöü", "a.b", ".x.y", "a" * 5_000, "%00", "IjEi.AAAA", "../../etc", "<script>"],
)
def test_a_forged_token_gets_a_friendly_page(
    client: httpx.Client, database: Database, token: str
) -> None:
    for before in (True, False):
        for call in (client.get, client.post):
            answer = call("/opt-in", params={"token": token}, headers={"accept-language": "de-DE"})
            assert answer.status_code == 400
            assert "unvollständig" in answer.text
            assert "<script>" not in answer.text
        if before:
            ask(client)
    assert "incomplete" in client.get("/opt-in").text
    assert granted(database) == []


def test_a_token_that_was_altered_is_forged(client: httpx.Client, database: Database) -> None:
    path = link(database, ask(client))
    for place in range(len("/opt-in?token="), len(path) - 1, 7):
        other = "A" if path[place] != "A" else "B"
        assert client.post(path[:place] + other + path[place + 1 :]).status_code == 400
    assert granted(database) == []


def test_a_link_expires_after_its_last_moment(client: httpx.Client, database: Database) -> None:
    path = link(database, ask(client))
    with database.writing() as connection:
        connection.execute(update(opt_in).values(expires=now() - 1))
    for call in (client.get, client.post):
        answer = call(path)
        assert (answer.status_code, "abgelaufen" in answer.text) == (410, True)
    assert granted(database) == []


def test_a_link_of_an_erased_lead_is_gone(client: httpx.Client, database: Database) -> None:
    asked = ask(client)
    path = link(database, asked)
    client.delete("/v1/leads/L").raise_for_status()
    assert (client.get(path).status_code, client.post(path).status_code) == (410, 410)
    answer = client.get(f"/v1/opt-ins/{asked['opt_in_id']}")
    assert problem_of(answer) == (404, "unknown_opt_in", None)
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(opt_in)).scalar_one() == 0
        assert asked["opt_in_id"] not in connection.execute(select(audit.c.detail)).scalars().all()


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_withdrawal_ends_the_link(
    client: httpx.Client,
    database: Database,
    office: PostOffice,
    mail: Mail,
    confirmed: bool,
) -> None:
    asked = ask(client)
    path = link(database, asked)
    if confirmed:
        client.post(path)
    withdrawn = {"purpose": "profiling", "given": False, "source": "phone"}
    client.patch("/v1/leads/L", json={"consents": [withdrawn]}).raise_for_status()
    answer = client.post(path)
    assert (answer.status_code, "widerrufen" in answer.text) == (410, True)
    assert client.get("/v1/leads/L/score").status_code == 409
    # No mail asks for what was withdrawn meanwhile.
    OptInMails(database, mail, now).send_due()
    assert office.mails == []
    # Asked anew, it counts again.
    again = ask(client)
    assert again["opt_in_id"] != asked["opt_in_id"]
    assert client.post(link(database, again)).status_code == 200
    assert client.get("/v1/leads/L/score").status_code == 200


def test_a_link_that_went_to_an_address_left_since_confirms_nothing(
    client: httpx.Client, database: Database
) -> None:
    path = link(database, ask(client))
    put(client, contact={"email": "right@müller.example"})
    answer = client.post(path)
    assert (answer.status_code, "ersetzt" in answer.text) == (410, True)
    assert client.get("/v1/leads/L/score").status_code == 409
    newer = link(database, ask(client))
    # Told again, the first address is the newest once more.
    put(client)
    assert client.post(newer).status_code == 410
    assert client.post(path).status_code == 200
    assert client.get("/v1/leads/L/score").status_code == 200


def test_a_withdrawal_of_something_else_or_of_before_ends_nothing(
    client: httpx.Client, database: Database
) -> None:
    before = {"purpose": "profiling", "given": False, "source": "phone"}
    put(client, consents=[before])
    path = link(database, ask(client))
    other = {"purpose": "newsletter", "given": False, "source": "phone"}
    client.patch("/v1/leads/L", json={"consents": [other]}).raise_for_status()
    assert client.post(path).status_code == 200
    assert client.get("/v1/leads/L/score").status_code == 200


def test_asked_again_within_minutes_it_is_the_same_request(
    client: httpx.Client, database: Database
) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(ask(client)["opt_in_id"])) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [first] = set(found)
    assert ask(client, purpose="newsletter")["opt_in_id"] != first
    with database.writing() as connection:
        connection.execute(update(opt_in).values(asked=opt_in.c.asked - AGAIN_US))
    assert ask(client)["opt_in_id"] != first


def test_what_cannot_be_asked_is_refused_with_what_to_do(
    client: httpx.Client, state: ServiceState
) -> None:
    client.put("/v1/leads/N", json={"contact": {"phone": "+4930901820"}}).raise_for_status()

    def refused(**other: object) -> tuple[int, str, str | None]:
        return problem_of(client.post("/v1/opt-ins", json={**ASKED, **other}))

    assert refused(lead_id="X") == (404, "unknown_lead", None)
    assert refused(lead_id="N") == (422, "invalid_request", "lead_id")
    assert refused(wording="none") == (422, "invalid_request", "wording")
    assert refused(wording="german", language="en") == (422, "invalid_request", "language")
    assert refused(language="fr") == (422, "invalid_request", "language")
    state.mail_lacks = ("LEADSCORE_SMTP_URL",)
    answer = client.post("/v1/opt-ins", json=ASKED)
    assert problem_of(answer) == (503, "no_mail", None)
    assert "LEADSCORE_SMTP_URL" in answer.json()["detail"]


def test_while_the_record_is_away_the_page_says_so(state: ServiceState) -> None:
    record, state.record = state.record, None
    with running(state) as client:
        answer = client.get("/opt-in?token=x", headers={"accept-language": "en, de"})
    state.record = record
    assert (answer.status_code, "try again later" in answer.text) == (503, True)
