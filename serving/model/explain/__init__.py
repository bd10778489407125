"""Exact contributions of trees, from tables made once."""
