"""The options for output files and formats."""

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass

import click

from optimlint.cli.report import FORMATS
from optimlint.workspace.display import visible


@dataclass(frozen=True, slots=True)
class Output:
    """One report: its format and file."""

    format: str
    file: str


@dataclass(frozen=True, slots=True)
class Outputs:
    """What is written: one report to standard output, or to `file` instead, and any number of further ones. `format` is
    None for the default. `has_statistics` applies to the first report only, because further formats are read by other
    programs."""

    format: str | None = None
    file: str | None = None
    further: tuple[Output, ...] = ()
    has_statistics: bool = False


def output_options(command: Callable[..., int]) -> Callable[..., int]:
    """Decorate a command with these options. It gets them as one value, `outputs`."""

    @click.option(
        "--output-format",
        type=click.Choice(list(FORMATS)),
        help="Format of the findings. Default: full in a terminal, concise elsewhere.",
    )
    @click.option(
        "--output-file", type=click.Path(), help="Write the findings to this file instead of standard output."
    )
    @click.option(
        "--output",
        multiple=True,
        metavar="FORMAT:FILE",
        help="Also write the findings in this format to this file. Can be repeated.",
    )
    @click.option(
        "--statistics", is_flag=True, help="Print the number of findings of each rule instead of the findings."
    )
    @functools.wraps(command)
    def with_options(
        output_format: str | None,
        output_file: str | None,
        output: tuple[str, ...],
        statistics: bool,
        **others: object,
    ) -> int:
        further = tuple(_output(text) for text in output)
        files = [os.path.realpath(file) for file in (output_file, *(one.file for one in further)) if file]
        if len(set(files)) < len(files):
            raise click.UsageError("--output and --output-file must name different files.")
        return command(outputs=Outputs(output_format, output_file, further, statistics), **others)

    return with_options


def _output(text: str) -> Output:
    name, _, file = text.partition(":")
    if name not in FORMATS:
        known = ", ".join(FORMATS)
        raise click.BadParameter(f"'{visible(name)}' is not one of {known}.", param_hint="'--output'")
    if not file:
        raise click.BadParameter(f"a file is needed after the format: {name}:FILE.", param_hint="'--output'")
    return Output(name, file)
