"""Profile fields that the product derives from others; whoever knows better sends them."""

DERIVED_FACTS = frozenset({"free_mailer", "phone_country", "country_code", "employees_band"})
"""No sender is told that no feature knows them, since no sender need have sent them."""
