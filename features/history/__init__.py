"""Sources, read strictly into canonical tables."""
