"""Scores of many leads of a history, in files; needs the extra `local`."""
