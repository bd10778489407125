"""What the service writes down for its operator: lines without secrets and without leads."""
