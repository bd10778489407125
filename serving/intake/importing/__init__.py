"""Lists of contacts, as trade fairs and field sales hand them over: read, understood, imported."""
