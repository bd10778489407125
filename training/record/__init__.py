"""The record as a source of history: read from its database, as tables that training reads."""
