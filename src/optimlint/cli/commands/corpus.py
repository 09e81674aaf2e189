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
@click.option("--output", required=True, type=click.Path(), metavar="FOLDER", help="Where findings and failures go.")
@click.option("--engine-address", metavar="ADDRESS", help="A Dask scheduler, tcp://HOST:8786; else this machine works.")
@click.option(
    "--columns", nargs=2, default=("path", "content"), show_default=True, help="Where rows have path and text."
)
@click.option("--config", type=click.Path(), metavar="FILE", help="The configuration; those of checkouts do not count.")
@click.option("--jobs", "-j", type=click.IntRange(min=1), help="Shards at a time; as many as there are processors.")
@click.option(
    "--timeout", type=click.FloatRange(0.1), default=30.0, show_default=True, help="How many seconds a source may take."
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
    """Check INPUTS: Parquet files with a row for each source, folders of such files, git checkouts, and text files that
    list any of these. Findings and failures go to --output as Parquet; a second run does what is missing there.

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
    passed_over = f"passed over {count(totals['passed_over'], 'row')} of no Python"
    say(f"Looked at {count(totals['looked_at'], 'source')} in {shards}; {passed_over}")
    if not totals["looked_at"]:
        say("error: nothing was checked")
    if totals["failures"] or totals["lost"] or not totals["looked_at"]:
        return exit_codes.FAILED
    return exit_codes.FOUND if totals["findings"] else exit_codes.FOUND_NOTHING
