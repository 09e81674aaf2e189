"""Errors that end a run before it can do its work."""


class CommandError(Exception):
    """The command cannot do what was asked. The message says why and, if possible, how to fix it."""
