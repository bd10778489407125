"""Who may call the service: keys, where they are kept, and which of them count."""
