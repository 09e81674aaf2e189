"""The command `optimlint corpus`: sources by the million, checked by many machines or by this one."""

import importlib.util
import os
from collections import Counter

import click

from optimlint.cli import exit_codes
from optimlint.cli.progress_bar import Bar
from optimlint.cli.terminal import say
from optimlint.workspace.configuration import Config, only_config
from optimlint.workspace.display import count, visible
from optimlint.workspace.errors import CommandError


@click.command(short_help="Check a corpus: Parquet files of sources, or git checkouts.")
@click.argument("inputs", nargs=-1, required=True, type=click.Path(exists=True))
@click.option(
    "--output", required=True, type=click.Path(), metavar="FOLDER", help="The folder for findings and failures."
)
@click.option(
    "--engine-address",
    metavar="ADDRESS",
    help="Address of a Dask scheduler, such as tcp://HOST:8786. Default: run on this machine.",
)
@click.option(
    "--columns",
    nargs=2,
    default=("path", "content"),
    show_default=True,
    help="The columns of the path and of the text.",
)
@click.option(
    "--config", type=click.Path(), metavar="FILE", help="The configuration file. Those in checkouts are not used."
)
@click.option(
    "--jobs", "-j", type=click.IntRange(min=1), help="Number of shards at a time. Default: the number of processors."
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1),
    default=30.0,
    show_default=True,
    help="Give up on a source after so many seconds.",
)
def corpus(
    inputs: tuple[str, ...],
    output: str,
    engine_address: str | None,
    columns: tuple[str, str],
    config: str | None,
    jobs: int | None,
    timeout: float,
) -> int:
    """Check INPUTS: Parquet files with one source per row, folders of such files, git checkouts, and text files that
    list any of these. Findings and failures are written to --output as Parquet files. A second run checks only what is
    missing there.

    Exit codes: 0 nothing found, 1 findings, 2 something could not be checked. It needs the extra `optimlint[cluster]`.
    """
    if any(importlib.util.find_spec(name) is None for name in ("distributed", "pyarrow")):
        raise CommandError("a corpus needs PyArrow and Dask: pip install 'optimlint[cluster]'")
    from optimlint.hosts import cluster
    from optimlint.hosts.cluster.shards import How

    how = How(columns, only_config(config, os.getcwd(), is_isolated=False) or Config(os.sep), timeout)
    try:
        tasks = cluster.begin(inputs, output, how)
        missing = [task for task in tasks if cluster.totals_of(task, output) is None]
        with Bar(len(missing), is_wanted=True) as bar:
            for task, reason in cluster.do(missing, output, engine_address, jobs or os.cpu_count() or 1):
                bar.advance(1)
                if reason:
                    say(f"error: {visible(task.path)}: shard {task.name} was not done: {visible(reason)}")
    except (OSError, ValueError) as error:
        raise CommandError(visible(str(error))) from error
    found = [cluster.totals_of(task, output) for task in tasks]
    totals = sum(filter(None, found), Counter(lost=found.count(None)))
    say(f"Found {count(totals['findings'], 'finding')}; {count(totals['failures'], 'failure')}; see {visible(output)}")
    shards = f"{count(len(tasks), 'shard')} ({len(tasks) - len(missing):,} done before)"
    passed_over = f"skipped {count(totals['passed_over'], 'row')} without Python"
    say(f"Looked at {count(totals['looked_at'], 'source')} in {shards}; {passed_over}")
    if not totals["looked_at"]:
        say("error: nothing was checked")
    if totals["failures"] or totals["lost"] or not totals["looked_at"]:
        return exit_codes.FAILED
    return exit_codes.FOUND if totals["findings"] else exit_codes.FOUND_NOTHING
