"""Who owns a lead."""

from collections.abc import Mapping

from serving.pages.words.both import Both

OWNER: Mapping[str, Both] = {
    "owner.title": Both("Zuständig", "Owner"),
    "owner.nobody": Both("niemand", "nobody"),
    "owner.left": Both("{name} (gesperrt)", "{name} (disabled)"),
    "owner.of": Both("Zuständig: {name}", "Owner: {name}"),
    "owner.give": Both("Ändern", "Change"),
    "owner.wanted.any": Both("Alle", "All"),
    "owner.wanted.mine": Both("Meine", "Mine"),
    "owner.wanted.nobody": Both("Niemandes", "Nobody's"),
    "owner.hand_on": Both("Alle Leads von {name} übergeben", "Hand on all leads of {name}"),
    "owner.hand_on.to": Both("An wen", "To whom"),
    "owner.hand_on.do": Both("Übergeben", "Hand on"),
    "done.owner_changed": Both("Die Zuständigkeit ist geändert.", "The owner is changed."),
    "done.leads_handed_on": Both("Die Leads sind übergeben.", "The leads are handed on."),
    "lead.refused.owned_meanwhile": Both(
        "Jemand hat die Zuständigkeit soeben geändert; es wurde nichts geändert. Unten steht der "
        "neue Stand.",
        "Somebody has just changed the owner; nothing was changed. What is true now stands below.",
    ),
}
"""Of the list and the page on a lead."""
