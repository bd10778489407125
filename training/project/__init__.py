"""The project file, its sources opened, and how far they reach."""
