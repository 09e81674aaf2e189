"""What ends a run before it can do what it was asked for."""


class CommandError(Exception):
    """The command cannot do what it was asked for; the message says what and, where possible, how to mend it."""
