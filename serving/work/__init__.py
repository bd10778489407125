"""What goes on without being asked: leads scored again, changes told."""
