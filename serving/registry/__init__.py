"""A folder or a registry to a model, in seconds and without secrets."""
