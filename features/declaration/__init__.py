"""Features as data, the table of their values, and the one gate to a model."""
