"""Scores of stored leads: asked for by id, kept fresh, and told when they change."""
