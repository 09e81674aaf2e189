"""The command `optimlint config`: which settings hold where, whether they are right, and their schema for editors."""

import os
from collections.abc import Iterator, Sequence

import click

from optimlint.cli import exit_codes
from optimlint.cli.terminal import say, write_out
from optimlint.workspace.configuration import FILE_NAMES, Config, config_errors, line_of, says_something
from optimlint.workspace.discover import Walk, discover
from optimlint.workspace.display import count, visible
from optimlint.workspace.errors import CommandError
from optimlint.workspace.paths import path_within, shown
from optimlint.workspace.settings import DEFAULT_EXCLUDES, CommandLine, Settings


@click.group(invoke_without_command=True, short_help="Show or verify the configuration, or print its JSON schema.")
@click.option("--schema", is_flag=True, help="The same as `optimlint config schema`.")
@click.pass_context
def config(context: click.Context, schema: bool) -> int:
    """Show the settings that apply to a path, verify configuration files, or print their JSON schema."""
    if context.invoked_subcommand:
        if schema:
            raise click.UsageError("--schema cannot be used together with a command.")
    elif schema:
        _write_schema(is_of_project=False)
    else:
        write_out(f"{context.get_help()}\n")
    return exit_codes.FOUND_NOTHING


@config.command(short_help="Show the settings that apply to a path, and where each comes from.")
@click.argument("path", type=click.Path(), default=".")
def show(path: str) -> int:
    """Show the settings that apply to PATH, by default the current folder. Each is shown with its value and where
    that comes from. Then come the rules that run there, and those that do not.

    Exit codes: 0 shown, 2 the configuration is wrong.
    """
    folder = os.getcwd()
    target = os.path.abspath(path)
    settings = Settings(CommandLine(folder))
    is_folder = os.path.isdir(target)
    # What holds in a folder is what holds for a file in it.
    held = settings.config(target if is_folder else os.path.dirname(target))
    write_out("".join(f"{line}\n" for line in _shown(target, held, settings, folder)))
    return exit_codes.FOUND_NOTHING


@config.command(short_help="Verify configuration files.")
@click.argument("paths", nargs=-1, type=click.Path())
def verify(paths: tuple[str, ...]) -> int:
    """Verify all configuration files in PATHS, by default the current folder, and the one above that applies there.
    Each error is printed with its file and line.

    Exit codes: 0 no error, 2 errors.
    """
    folder = os.getcwd()
    files, unread = _config_files(paths or (".",), folder)
    errors = [*unread, *(error for file in files for error in config_errors(path_within(file, folder) or file))]
    for error in errors:
        say(f"error: {error}")
    for file in files:
        if _is_shadowed(file):
            say(f"note: {shown(file, folder)} is not used, because {FILE_NAMES[0]} in the same folder is")
    verified = f"Verified {count(len(files), 'configuration file')}" if files else "No configuration file found"
    say(f"{verified}; {count(len(errors), 'error')}" if errors else verified)
    return exit_codes.FAILED if errors else exit_codes.FOUND_NOTHING


@config.command(short_help="Print the JSON schema of the configuration.")
@click.option(
    "--pyproject",
    is_flag=True,
    help="Print a schema for a whole pyproject.toml, in which other tables are not restricted.",
)
def schema(pyproject: bool) -> int:
    """Print the JSON schema of `optimlint.toml`, for editors that complete and verify TOML files. The table
    `[tool.optimlint]` in `pyproject.toml` has the same schema."""
    _write_schema(is_of_project=pyproject)
    return exit_codes.FOUND_NOTHING


def _write_schema(*, is_of_project: bool) -> None:
    from optimlint.cli.commands.config_schema import as_text, project_schema, table_schema

    write_out(as_text(project_schema() if is_of_project else table_schema()))


def _shown(target: str, held: Config, settings: Settings, folder: str) -> Iterator[str]:
    source = shown(held.file, folder) if held.file else "none; the defaults apply"
    yield f"Path           {shown(target, folder)}"
    yield f"Configuration  {source}"
    if Walk(settings, forces_exclude=True).excludes_named(target, is_folder=os.path.isdir(target)):
        yield "Excluded       yes, unless it is named on the command line"
    yield ""
    rows = [
        (key, _value(values), _origin(key, held, folder, is_set=values is not None)) for key, values in _lists(held)
    ]
    for pattern, rules in held.per_file_ignores:
        rows.append((f'per-file-ignores."{visible(pattern)}"', _value(rules), _origin(pattern, held, folder)))
    for selector, weight in held.severity:
        rows.append((f"severity.{visible(selector)}", visible(weight), _origin(selector, held, folder)))
    width = max(len(key) for key, *_ in rows)
    for key, value, origin in rows:
        yield f"{key:<{width}}  {value}  ({origin})"
    yield ""
    yield from _rules(target, settings)


def _lists(held: Config) -> Iterator[tuple[str, Sequence[str] | None]]:
    """The settings that are lists, by name; None if not set."""
    selection = held.selection
    yield "select", selection.select
    yield "extend-select", selection.extend_select or None
    yield "ignore", selection.ignore or None
    yield "exclude", held.exclude
    yield "extend-exclude", held.extend_exclude or None
    yield "optimizers", sorted(held.optimizers) or None
    yield "group-builders", sorted(held.group_builders) or None
    yield "group-consumers", sorted(held.group_consumers) or None
    yield "markdown", ("true",) if held.markdown else None


def _value(values: Sequence[str] | None) -> str:
    return "-" if values is None else ", ".join(visible(value) for value in values) or "nothing"


def _origin(key: str, held: Config, folder: str, *, is_set: bool = True) -> str:
    if held.file and is_set:
        return f"{shown(held.file, folder)}:{line_of(held.file, key)}"
    return _DEFAULTS.get(key, "default")


_DEFAULTS = {
    "select": "default: the rules that are on by default",
    "exclude": f"default: {', '.join(sorted(DEFAULT_EXCLUDES))}",
}


def _rules(target: str, settings: Settings) -> Iterator[str]:
    """The rules that run on the file, or on files in the folder, and those that do not."""
    from optimlint.check import is_chosen
    from optimlint.rules import RULES

    options = settings.options(os.path.join(target, "") if os.path.isdir(target) else target)
    run = [rule.name for rule in RULES if is_chosen(rule, options)]
    idle = [rule.name for rule in RULES if not is_chosen(rule, options)]
    yield f"{count(len(run), 'rule')} run{'s' if len(run) == 1 else ''}: {', '.join(run)}"
    if idle:
        yield f"{count(len(idle), 'rule')} {'does' if len(idle) == 1 else 'do'} not: {', '.join(idle)}"


def _config_files(paths: Sequence[str], folder: str) -> tuple[list[str], list[CommandError]]:
    """The configuration files below the paths and the ones above that apply, and the errors."""
    # Exclusions of a configuration are ignored here, since they may be wrong.
    settings = Settings(CommandLine(folder, config=Config(folder)))
    found = discover(paths, Walk(settings, suffixes=frozenset({".toml"})))
    named = {os.path.abspath(path) for path in paths}
    files = {file for file in found.files if os.path.basename(file) in FILE_NAMES or _is_named_config(file, named)}
    for path in named - files:
        if above := _nearest(path):
            files.add(above)
    unread = [CommandError(f"{shown(one.path, folder)}: {visible(one.text)}") for one in found.failures]
    return sorted(file for file in files if says_something(file)), unread


def _is_named_config(file: str, named: set[str]) -> bool:
    return file in named and file.endswith(".toml")


def _nearest(path: str) -> str | None:
    """The configuration file that applies to the folder or file at `path`."""
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    while True:
        for name in FILE_NAMES:
            file = os.path.join(folder, name)
            if os.path.isfile(file) and says_something(file):
                return file
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def _is_shadowed(file: str) -> bool:
    first = os.path.join(os.path.dirname(file), FILE_NAMES[0])
    return os.path.basename(file) == FILE_NAMES[1] and os.path.isfile(first)
