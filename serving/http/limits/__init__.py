"""How much at once: what is under way, how often callers ask, and in which order work is done."""
