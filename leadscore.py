"""The front door: one command for demo, training, scoring and serving."""
