"""What a user can put right."""


class MistakeError(Exception):
    """Something its user can put right; the message is a sentence that says how.

    The front door shows the message alone; every other exception is a fault of the product and
    keeps its stack trace.
    """
