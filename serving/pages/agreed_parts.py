"""What an agreement says besides stages and ways: promises, alerts, figures, as sentences."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from features.contract.language import Language
from features.wording.words import window_words
from serving.lifecycle.action_words import money_text, share_text
from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.alerts import Alert, EventAlert, GradeAlert, SlaAlert
from serving.lifecycle.business_hours import BusinessHours
from serving.lifecycle.business_time import format_business_time
from serving.lifecycle.closed_days import ClosedDays
from serving.lifecycle.handover import HandoverTerms
from serving.lifecycle.kpis.terms import KpiTerms
from serving.lifecycle.review import ReviewTerms
from serving.lifecycle.situation import NextActionTerms
from serving.lifecycle.sla import SlaTerms, StageSla
from serving.pages.saying import say

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Group(NamedTuple):
    """Sentences on one thing; `name` is None where there is but one."""

    name: str | None
    sentences: tuple[str, ...]


class Part(NamedTuple):
    """A part of an agreement; `key` tells it from the others on the page."""

    key: str
    title: str
    groups: tuple[Group, ...]


def agreed_parts(said: Lifecycle, language: Language) -> list[Part]:
    """Return the parts that an agreement has; one without them has fewer."""
    words = _Words(language)
    found: list[tuple[str, Iterable[Group]]] = [
        ("sla", words.promises(said)),
        ("alerts", [words.alert(one) for one in said.alerts]),
        ("handover", [] if said.handover is None else [_of(words.handover(said.handover))]),
        ("next_action", [_of(words.next_action(said.next_action))]),
        ("kpis", [_of(words.figures(said.kpis))]),
        ("review", [] if said.review is None else [_of(words.review(said.review))]),
    ]
    parts = [Part(key, words.say(f"part.{key}.title"), tuple(groups)) for key, groups in found]
    return [part for part in parts if part.groups]


def _of(sentences: Iterable[str]) -> Group:
    return Group(None, tuple(sentences))


class _Words:
    """Sentences in one language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def say(self, key: str, **filled: object) -> str:
        return say(self._language, key, **filled)

    def promises(self, said: Lifecycle) -> Iterator[Group]:
        if said.sla is not None:
            yield Group(None, tuple(self._promise(said.sla)))
        for one in said.use_cases:
            terms = said.promised(one.name)
            if one.sla is not None and terms is not None:
                name = self.say("part.sla.use_case", name=one.name)
                yield Group(name, tuple(self._promise(terms)))

    def _promise(self, terms: SlaTerms) -> Iterator[str]:
        for stage, promised in terms.stages.items():
            yield self._stage_promise(self._stages([stage]), promised)
        yield from self._hours(terms.hours)

    def _stage_promise(self, stage: str, promised: StageSla) -> str:
        within = _business(promised.within)
        share = share_text(promised.warn_at, self._language)
        said = self.say("part.sla.within", stage=stage, within=within, share=share)
        if not promised.kept_by:
            return said
        return f"{said} {self.say('part.sla.kept_by', events=', '.join(promised.kept_by))}"

    def _hours(self, hours: BusinessHours) -> Iterator[str]:
        week = [(day, getattr(hours, day)) for day in _DAYS]
        spans = dict.fromkeys(", ".join(open_) for _, open_ in week if open_)
        for span in spans:
            days = ", ".join(self.say(f"part.day.{day}") for day, o in week if ", ".join(o) == span)
            yield self.say("part.sla.hours", days=days, hours=span.replace("-", "–"))
        yield self.say("part.sla.zone", zone=hours.time_zone)
        if hours.region is not None:
            yield self.say("part.sla.region", region=hours.region)
        if hours.closed:
            yield self.say("part.sla.closed", days=", ".join(map(self._closed, hours.closed)))

    def _closed(self, written: str) -> str:
        days = ClosedDays.of(written)
        ends = [self._day(day) for day in dict.fromkeys((days.first, days.last))]
        return " – ".join(ends)

    def _day(self, written: str) -> str:
        """Return a day as its readers write it; an international date says the same in both."""
        if self._language == "en":
            return written
        *year, month, day = written.split("-")
        return f"{int(day)}.{int(month)}.{year[0] if year else ''}"

    def alert(self, alert: Alert) -> Group:
        label = alert.label and alert.label.model_dump()[self._language]
        return Group(label or alert.name, tuple(self._alert(alert)))

    def _alert(self, alert: Alert) -> Iterator[str]:
        yield self._occasion(alert)
        if alert.stages is not None:
            yield self.say("part.alerts.stages", stages=self._stages(alert.stages))
        if alert.use_cases is not None:
            yield self.say("part.alerts.use_cases", names=", ".join(alert.use_cases))
        if not isinstance(alert, SlaAlert) and alert.quiet_for:
            yield self.say("part.alerts.quiet", time=window_words(alert.quiet_for, self._language))
        tell = (self.say("part.alerts.owner") if one == "owner" else one for one in alert.tell)
        yield self.say("part.alerts.tell", targets=", ".join(tell))

    def _occasion(self, alert: Alert) -> str:
        if isinstance(alert, EventAlert):
            events, items = ", ".join(alert.events), ", ".join(alert.items or ())
            key = "part.alerts.event_item" if items else "part.alerts.event"
            return self.say(key, events=events, items=items)
        if isinstance(alert, GradeAlert):
            key = "part.alerts.grade" if alert.origin is None else "part.alerts.grade_from"
            return self.say(key, to=alert.to, origin=alert.origin)
        if alert.after is not None:
            return self.say("part.alerts.sla_after", time=_business(alert.after))
        return self.say(f"part.alerts.{alert.kind}")

    def handover(self, terms: HandoverTerms) -> Iterator[str]:
        yield self.say("part.handover.calls", count=terms.calls_per_week)
        value, cost = (
            money_text(amount, terms.currency, self._language)
            for amount in (terms.value_of_conversion, terms.cost_of_call)
        )
        yield self.say("part.handover.worth", value=value, cost=cost)
        yield self.say(f"part.handover.{terms.apply}", stage=self._stages([terms.stage]))

    def next_action(self, terms: NextActionTerms) -> Iterator[str]:
        recent, quiet = (window_words(t, self._language) for t in (terms.recent, terms.quiet))
        yield self.say("part.next_action.demo", events=", ".join(terms.demo), time=recent)
        yield self.say("part.next_action.prices", events=", ".join(terms.prices), time=recent)
        yield self.say("part.next_action.quiet", time=quiet)

    def figures(self, terms: KpiTerms) -> Iterator[str]:
        times = {
            name: window_words(getattr(terms, name), self._language)
            for name in ("action_within", "sql_within", "close_within", "promised_within")
        }
        yield self.say("part.kpis.channel", fields=", ".join(terms.channel))
        yield self.say("part.kpis.campaign", fields=", ".join(terms.campaign))
        yield self.say("part.kpis.value", field=terms.value, currency=terms.currency)
        if terms.contacts:
            yield self.say("part.kpis.contacts", events=", ".join(terms.contacts))
        for name, time in times.items():
            yield self.say(f"part.kpis.{name}", time=time)

    def review(self, terms: ReviewTerms) -> Iterator[str]:
        grades = ", ".join(terms.grades)
        yield self.say("part.review.text", count=terms.leads_per_week, grades=grades)

    def _stages(self, names: Iterable[str]) -> str:
        return ", ".join(say(self._language, f"stage.{name}") for name in names)


def _business(micros: int) -> str:
    """Return a time in business hours, such as `8 h`."""
    written = format_business_time(micros)
    return written.replace("min", " min") if "min" in written else written.replace("h", " h")
