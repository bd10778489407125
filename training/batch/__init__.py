"""Scores of many leads, through the answers the service gives."""
