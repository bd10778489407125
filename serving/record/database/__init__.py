"""The database itself: its engine, its file, and what is done while it does not answer."""
