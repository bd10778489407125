"""The lead record: what came in, what was said, and what may be done with it, in a database."""
