"""The application without HTTP: rules, model, answers and reasons."""
