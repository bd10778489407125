"""What callers send: checked once, then handed on."""
