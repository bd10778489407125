"""The server around the application: connections, and what concerns every request."""
