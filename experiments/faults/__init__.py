"""What happens to the service when something is taken away from it."""
