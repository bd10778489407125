"""Who may use the service, who does, and who did what."""
