"""The one kernel, what it works on, and the order in which it walks."""
