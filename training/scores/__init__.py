"""Scores of the leads of a project: which of them, at which moment, and on what they rest."""
