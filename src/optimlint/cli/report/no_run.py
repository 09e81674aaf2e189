"""What stands in place of a report where a run failed before it could make one."""

from collections.abc import Sequence


def report_of_no_run(arguments: Sequence[str], reason: str) -> str:
    """What is written to standard output for the command line `arguments`: nothing that its reader could not parse.

    A tool that asked for a document gets one, in which the format says, if it can, that nothing was checked and why.
    """
    name = _format(arguments)
    if name not in _DOCUMENTS or any(argument.split("=")[0] == "--output-file" for argument in arguments):
        return ""
    if name == "json" or "--statistics" in arguments:
        return "[]\n"
    import os

    from optimlint.cli.report import Report, render
    from optimlint.workspace.outcome import Failure, FailureKind

    folder = os.getcwd()
    return render(name, Report((), {}, folder, failures=(Failure(folder, FailureKind.NOT_RUN, reason),)))


_DOCUMENTS = {"json", "gitlab", "sarif", "junit", "rdjson"}
"""The formats in which nothing is no document."""


def _format(arguments: Sequence[str]) -> str:
    """The format that is asked for. The command line need not be one that can be parsed."""
    asked = ""
    for argument, following in zip(arguments, [*arguments[1:], ""], strict=True):
        option, is_joined, value = argument.partition("=")
        if option == "--output-format":
            asked = value if is_joined else following
    return asked
