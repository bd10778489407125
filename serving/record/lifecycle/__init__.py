"""What was agreed on, and where leads stand in it."""
