"""Scores that were given, what people said of them, and leads in the order of them."""
