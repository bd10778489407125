"""Leads, events and moments; the texts, durations and mistakes that everything is told in."""
