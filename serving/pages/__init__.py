"""Pages and mails for people, written on the server."""
