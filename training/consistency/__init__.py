"""Scores that were given, replayed offline."""
