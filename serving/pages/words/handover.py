"""The page on the handover."""

from collections.abc import Mapping

from serving.pages.words.both import Both

HANDOVER: Mapping[str, Both] = {
    "handover.title": Both("Übergabe an den Vertrieb", "Handover to sales"),
    "handover.text": Both(
        "Ab welcher Wahrscheinlichkeit es sich lohnt, Leads zu übergeben, bei der Zeit, die der "
        "Vertrieb hat.",
        "From which probability it pays to hand leads over, with the time that sales has.",
    ),
    "handover.empty.title": Both("Ein Anruf hat noch keinen Preis", "No call has a price yet"),
    "handover.empty.text": Both(
        "Schreiben Sie in den Lebenszyklus, was ein Anruf kostet und bringen kann; es fehlen:",
        "Write into the lifecycle what a call costs and may bring; it lacks:",
    ),
    "handover.best": Both("Beste Schwelle", "Best threshold"),
    "handover.in_force": Both("In Kraft", "In force"),
    "handover.criteria": Both(
        "Die Kriterien des Lebenszyklus entscheiden.", "The criteria of the lifecycle decide."
    ),
    "handover.since": Both("seit {moment}", "since {moment}"),
    "handover.point": Both(
        "{leads} Leads, davon {called} angerufen, {conversions} werden SQL",
        "{leads} leads, {called} of them called, {conversions} become SQL",
    ),
    "handover.worth": Both("bringt {money} in der Woche", "brings {money} a week"),
    "handover.too_early": Both("Zu früh", "Too early"),
    "handover.too_early.text": Both(
        "verlieren Anrufe, die sich nicht lohnen", "lost by calls that do not pay"
    ),
    "handover.too_late": Both("Zu spät", "Too late"),
    "handover.too_late.text": Both(
        "brächten Leads, die sich lohnen und nicht übergeben werden",
        "would come of leads that pay and are not handed over",
    ),
    "handover.break_even": Both("Ein Anruf lohnt sich ab", "A call pays from"),
    "handover.break_even.text": Both(
        "{cost} je Anruf, {value} je SQL", "{cost} a call, {value} an SQL"
    ),
    "handover.more": Both("Ein Anruf mehr in der Woche", "One call more a week"),
    "handover.more.text": Both("Zeit ist für {calls}.", "There is time for {calls}."),
    "handover.apply": Both("{threshold} in Kraft setzen", "Bring {threshold} into force"),
    "handover.curve": Both("Was jede Schwelle bringt", "What each threshold brings"),
    "handover.curve.text": Both(
        "Nach rechts: wie viele Leads übergeben werden; nach oben: was sie in der Woche bringen, "
        "ohne die Kosten der Anrufe.",
        "To the right: how many leads are handed over; upwards: what they bring a week, less what "
        "the calls cost.",
    ),
    "handover.curve.drawn": Both(
        "Kurve des erwarteten Werts; die Zahlen stehen in der Tabelle darunter.",
        "Curve of the expected value; the numbers are in the table below.",
    ),
    "handover.table": Both("Schwellen", "Thresholds"),
    "handover.threshold": Both("Schwelle", "Threshold"),
    "handover.leads": Both("Leads", "Leads"),
    "handover.called": Both("Angerufen", "Called"),
    "handover.conversions": Both("Werden SQL", "Become SQL"),
    "handover.value": Both("Wert", "Value"),
    "handover.lists": Both("Was frühere Listen brachten", "What past lists brought"),
    "handover.lists.text": Both(
        "Je Woche der Übergabe: wie viele nach ihrer Wahrscheinlichkeit SQL werden sollten und wie "
        "viele es in {days} Tagen wurden. In Klammern, was mit 95 % zu sehen wäre.",
        "By week of the handover: how many were to become SQL by their probability, and how many "
        "did within {days} days. In brackets what would be seen with 95 %.",
    ),
    "handover.week": Both("Woche ab", "Week from"),
    "handover.expected": Both("Erwartet", "Expected"),
    "handover.seen": Both("Eingetreten", "Seen"),
    "handover.so_far": Both("bisher", "so far"),
    "handover.unknown": Both("{count} ohne Wahrscheinlichkeit", "{count} without a probability"),
    "done.handed_over": Both("Die Schwelle ist in Kraft.", "The threshold is in force."),
}
