"""Help in sections, for a command with many options."""

import click

_SECTIONS = {
    "Which files": (
        "--stdin-filename",
        "--exclude",
        "--extend-exclude",
        "--force-exclude",
        "--respect-gitignore",
        "--markdown",
    ),
    "Which rules": ("--select", "--extend-select", "--ignore", "--config", "--isolated"),
    "Fixing": ("--fix", "--unsafe-fixes", "--diff"),
    "Output": (
        "--output-format",
        "--output-file",
        "--output",
        "--statistics",
        "--color",
        "--quiet",
        "--verbose",
    ),
    "Exit code": ("--exit-zero", "--fail-on"),
    "Adoption in existing code": (
        "--baseline",
        "--write-baseline",
        "--fail-on-stale",
        "--since",
        "--add-ignores",
        "--reason",
        "--ignore-suppressions",
    ),
    "Running": ("--watch", "--jobs", "--timeout", "--no-cache", "--help"),
}
"""The headings with their options. Options that are not listed go to the last section."""


class CheckCommand(click.Command):
    """`optimlint check`, with its options grouped under headings in the help."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options under their headings."""
        heading_of = {name: heading for heading, names in _SECTIONS.items() for name in names}
        rows: dict[str, list[tuple[str, str]]] = {heading: [] for heading in _SECTIONS}
        *_, last = _SECTIONS
        for option in self.get_params(ctx):
            if isinstance(option, click.Option) and (record := option.get_help_record(ctx)):
                rows[heading_of.get(max(option.opts, key=len), last)].append(record)
        for heading, records in rows.items():
            with formatter.section(heading):
                formatter.write_dl(records)
