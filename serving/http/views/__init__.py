"""What the service shows, as its answers hold it."""
