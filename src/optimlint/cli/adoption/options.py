"""The options for adopting optimlint in an existing code base, and which of them exclude each other."""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass

import click

UNREVIEWED = "unreviewed, added by --add-ignores"
"""The reason written in a suppression if the user gave none."""

_ENDS_REASON = re.compile(r"#\s*[A-Za-z]")
"""Would start another comment inside the reason."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """The values of these options. `reason` is None if no suppressions are to be added; `fails_on_stale` is None if the
    environment decides."""

    baseline: str | None = None
    writes_baseline: bool = False
    fails_on_stale: bool | None = None
    since: str | None = None
    reason: str | None = None
    ignores_suppressions: bool = False
    watches: bool = False


def adoption_options(command: Callable[..., int]) -> Callable[..., int]:
    """Decorate a command with these options. It gets them as one value, `adoption`."""

    @click.option(
        "--baseline", type=click.Path(), metavar="FILE", help="Report only findings that are not in this file."
    )
    @click.option("--write-baseline", is_flag=True, help="Write the findings to the --baseline file.")
    @click.option(
        "--fail-on-stale/--no-fail-on-stale",
        default=None,
        help="Exit with 1 if entries of the baseline are no longer found. Default: only if the variable CI is set.",
    )
    @click.option("--since", metavar="REVISION", help="Report only findings that this git revision does not have.")
    @click.option("--add-ignores", is_flag=True, help="Add a suppression comment for each finding.")
    @click.option("--reason", metavar="TEXT", help="The reason in the comments of --add-ignores.")
    @click.option("--ignore-suppressions", is_flag=True, help="Also report findings that comments suppress.")
    @click.option("--watch", is_flag=True, help="Check again whenever a file changes, until Ctrl-C.")
    @functools.wraps(command)
    def with_options(
        *,
        baseline: str | None,
        write_baseline: bool,
        fail_on_stale: bool | None,
        since: str | None,
        add_ignores: bool,
        reason: str | None,
        ignore_suppressions: bool,
        watch: bool,
        **others: object,
    ) -> int:
        if write_baseline and baseline is None:
            raise click.UsageError("--write-baseline needs --baseline FILE, the file that it writes.")
        if write_baseline:
            forbid_together({"--add-ignores": add_ignores, "--since": since is not None}, "--write-baseline")
        if watch:
            forbid_together({"--add-ignores": add_ignores, "--write-baseline": write_baseline}, "--watch")
        if reason is not None and not add_ignores:
            raise click.UsageError("--reason needs --add-ignores.")
        if add_ignores and ignore_suppressions:
            raise click.UsageError("--add-ignores and --ignore-suppressions cannot be used together.")
        adoption = Adoption(
            baseline,
            write_baseline,
            fail_on_stale,
            since,
            _reason(reason) if add_ignores else None,
            ignore_suppressions,
            watch,
        )
        return command(adoption=adoption, **others)

    return with_options


def forbid_together(options: dict[str, bool], other: str) -> None:
    """Raise a usage error if one of the `options` was given together with `other`."""
    for name, is_given in options.items():
        if is_given:
            raise click.UsageError(f"{other} and {name} cannot be used together.")


def _reason(text: str | None) -> str:
    if text is None:
        return UNREVIEWED
    reason = text.strip()
    if not reason or not reason.isprintable():
        raise click.UsageError("--reason must be one line of text.")
    if _ENDS_REASON.search(reason):
        raise click.UsageError("--reason cannot contain another comment; leave out `#`.")
    return reason
