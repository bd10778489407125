"""The demo: the whole way in one command, and a workspace in which a sales team has worked."""
