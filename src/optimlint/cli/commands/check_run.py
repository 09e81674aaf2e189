"""`optimlint check` from paths to an exit code. What only a file that can matter needs is loaded with the first one."""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from optimlint.cli import exit_codes
from optimlint.cli.adoption.options import Adoption
from optimlint.cli.commands.outputs import Output, Outputs
from optimlint.cli.progress_bar import Bar
from optimlint.cli.report import Report, render, render_statistics
from optimlint.cli.report.summary import Detail, Mode, named, summary
from optimlint.cli.terminal import is_terminal, say, write_out
from optimlint.workspace.discover import Walk, discover, nothing_under
from optimlint.workspace.display import count
from optimlint.workspace.errors import CommandError
from optimlint.workspace.outcome import TOLD_BY_RULE, Failure, FailureKind, Tally
from optimlint.workspace.paths import repository_of, shown
from optimlint.workspace.reading import Reading, read_files, sift
from optimlint.workspace.write import must_write, write_file

if TYPE_CHECKING:
    from optimlint.cli.adoption.known_findings import Known
    from optimlint.cli.report.style import Paint
    from optimlint.workspace.engine import Result


@dataclass(frozen=True, slots=True)
class Request:
    """The parameters of one run. `standard_input` is the path of the source on standard input, None if files are read.
    `failing` are the severities for which the run fails."""

    paths: tuple[str, ...]
    standard_input: str | None
    walk: Walk
    folder: str
    mode: Mode
    with_unsafe: bool
    outputs: Outputs
    failing: tuple[str, ...]
    is_quiet: bool
    is_verbose: bool
    is_colored: bool
    jobs: int
    timeout: float
    adoption: Adoption


def execute(request: Request) -> int:
    """Run the request, write its output, and return the exit code."""
    begin = time.monotonic()
    known = _known(request)
    reading = _read_standard_input(request) if request.standard_input else _read_files(request)
    results: Sequence[Result] = ()
    failures = list(reading.failures)
    if reading.contents:
        results, more = _check(request, reading, known)
        failures += more
    _tell(request, reading, results, failures)
    tally = _tally(reading, results, failures)
    is_stale = known is not None and _finish(known, request, reading, failures)
    untold = [one for one in failures if one.kind not in TOLD_BY_RULE] if _tells_people(request) else failures
    for line in named(untold, request.folder):
        say(line)
    if not request.is_quiet:
        detail = Detail(request.mode, request.with_unsafe, request.is_verbose)
        for line in summary(tally, failures, detail):
            say(line)
    if request.is_verbose:
        for result in results:
            say(f"Parsed {shown(result.source.path, request.folder)}{_passed_over(result)}{_left_unread(result)}")
        say(f"Took {time.monotonic() - begin:.2f} s")
    return _exit_code(request, results, failures, is_stale=is_stale)


def _read_files(request: Request) -> Reading:
    found = discover(request.paths, request.walk)
    reading = read_files(found.files, request.jobs)
    failures = (*found.failures, *reading.failures)
    if not found.files and not failures and found.excluded < len(request.paths):
        failures = (nothing_under(request.paths, request.folder),)
    reading = replace(reading, failures=failures, files=found.files)
    return _with_takers(reading, request)


def _with_takers(reading: Reading, request: Request) -> Reading:
    """The reading with the notebooks, and the files that are named alone, that use what another file builds."""
    are_named = all(map(os.path.isfile, request.paths))
    passed_over = [path for path in reading.files if path not in reading.contents] if are_named else reading.notebooks
    if not passed_over:
        return reading
    from optimlint.workspace.builder_callers import takers

    taking = takers(passed_over, request.walk.respects_gitignore)
    return replace(reading, contents=reading.contents | taking, taking=frozenset(taking))


def _read_standard_input(request: Request) -> Reading:
    assert request.standard_input
    if sys.stdin is None:
        raise CommandError("standard input is closed")
    content = sys.stdin.buffer.read()
    if request.walk.excludes_named(request.standard_input, is_folder=False):
        return Reading({}, (), 0, content)
    reading = sift([(request.standard_input, content)])
    return replace(reading, whole=content, files=(request.standard_input,))


def _check(request: Request, reading: Reading, known: "Known | None") -> "tuple[Sequence[Result], list[Failure]]":
    """Check the sources that could matter and, if asked, fix them."""
    from optimlint.diagnostic import Applicability
    from optimlint.workspace.engine import Plan, run
    from optimlint.workspace.worker import Source

    applicability = Applicability.UNSAFE if request.with_unsafe else Applicability.SAFE
    options = request.walk.settings.options
    sources = [
        Source(path, content, replace(options(path), reads_all=path in reading.taking))
        for path, content in reading.contents.items()
    ]
    with Bar(len(sources), is_wanted=not request.is_quiet) as bar:
        plan = Plan(
            request.walk,
            request.jobs,
            request.timeout,
            applicability if request.mode in (Mode.FIX, Mode.DIFF) else None,
            bar.advance,
            known.keep if known else None,
            tuple(reading.files),
        )
        results, failures = run(sources, plan)
    if request.adoption.reason is not None:
        from optimlint.cli.adoption.add_ignores import add_ignores
        from optimlint.workspace.engine import failures_of

        results, more = add_ignores(results, plan, request.adoption.reason)
        # Errors of parsing may be suppressed now.
        failures = [one for one in failures if one.is_accepted or one.kind not in TOLD_BY_RULE]
        failures += [one for result in results for one in failures_of(result) if one.kind in TOLD_BY_RULE]
        failures += more
    if request.mode in (Mode.FIX, Mode.IGNORE) and not request.standard_input:
        results = [_written(result, failures) if result.is_changed else result for result in results]
    return results, failures


def _known(request: Request) -> "Known | None":
    """What the run compares with, if anything."""
    adoption = request.adoption
    if adoption.baseline is None and adoption.since is None:
        return None
    from optimlint.cli.adoption.known_findings import Known
    from optimlint.workspace.engine import Plan, no_progress

    plan = Plan(request.walk, request.jobs, request.timeout, None, no_progress)
    return Known(adoption, request.folder, plan)


def _finish(known: "Known", request: Request, reading: Reading, failures: Sequence[Failure]) -> bool:
    """Report what became of known findings. Returns whether that fails the run."""
    from optimlint.cli.adoption.baseline import RunScope

    paths = (request.standard_input,) if request.standard_input else request.paths
    aftermath = known.finish(RunScope(paths, frozenset(reading.files), tuple(failures), request.walk.settings))
    for line in aftermath.errors:
        say(f"error: {line}")
    for line in () if request.is_quiet else aftermath.notes:
        say(line)
    return aftermath.has_failed


def _written(result: "Result", failures: list[Failure]) -> "Result":
    """The result after its file was written; without fixes if that failed."""
    from optimlint.workspace.write import overwrite

    source = result.source
    reason = overwrite(source.path, source.content, result.content)
    if reason is None:
        return result
    failures.append(Failure(source.path, FailureKind.NOT_WRITTEN, reason))
    return result.unchanged()


def _tell(request: Request, reading: Reading, results: "Sequence[Result]", failures: list[Failure]) -> None:
    """Write the run's output: a diff, the fixed source, or the report."""
    if request.mode is Mode.DIFF:
        write_out(_diff(request, results))
        return
    contents = {result.source.path: result.content for result in results}
    contents |= _evidence_elsewhere(results)
    diagnostics = tuple(diagnostic for result in results for diagnostic in result.left)
    root = repository_of(request.folder)
    known = tuple(diagnostic for result in results for diagnostic in result.known)
    report = Report(diagnostics, contents, request.folder, failures=tuple(failures), root=root, known=known)
    failures += _write_further(request.outputs.further, report)
    main = _main_report(request, report)
    if request.outputs.file:
        must_write(request.outputs.file, main)
    elif request.mode in (Mode.FIX, Mode.IGNORE) and request.standard_input:
        write_out(results[0].content if results else reading.whole)
        if main:
            say(main.rstrip("\n"))
    else:
        write_out(main)


def _evidence_elsewhere(results: "Sequence[Result]") -> dict[str, bytes]:
    """The contents of files with evidence that were not checked themselves."""
    from optimlint.workspace.folder_tree import content_of

    evidence = (one.range.path for result in results for found in result.left for one in found.related)
    paths = {path for path in evidence if path} - {result.source.path for result in results}
    return {path: content for path in sorted(paths) if (content := content_of(path)) is not None}


def _tells_people(request: Request) -> bool:
    """Whether the findings are printed in words beside the messages."""
    outputs = request.outputs
    is_report = not outputs.file and not outputs.has_statistics and request.mode is not Mode.DIFF
    return is_report and _format(request) in _FOR_PEOPLE


_FOR_PEOPLE = ("full", "concise")


def _format(request: Request) -> str:
    outputs = request.outputs
    return outputs.format or ("full" if is_terminal(sys.stdout) and not outputs.file else "concise")


def _main_report(request: Request, report: Report) -> str:
    """The report for standard output, or for the file given instead."""
    import shutil

    outputs = request.outputs
    name = _format(request)
    report = replace(report, is_colored=request.is_colored, columns=shutil.get_terminal_size().columns)
    return (render_statistics if outputs.has_statistics else render)(name, report)


def _write_further(outputs: Sequence[Output], report: Report) -> Iterator[Failure]:
    """Write the additional reports. One that fails does not prevent the others."""
    for output in outputs:
        reason = write_file(output.file, render(output.format, report))
        if reason is not None:
            yield Failure(os.path.abspath(output.file), FailureKind.NOT_WRITTEN, reason)


def _diff(request: Request, results: "Sequence[Result]") -> bytes:
    from optimlint.cli.report.style import painter
    from optimlint.cli.report.unified_diff import unified_diff

    paint: Paint = painter(is_colored=request.is_colored)
    return b"".join(
        unified_diff(
            shown(result.source.path, request.folder),
            result.source.content,
            result.content,
            paint,
            is_notebook=result.source.is_notebook,
        )
        for result in results
        if result.is_changed
    )


def _passed_over(result: "Result") -> str:
    """How many of a page's examples were skipped."""
    number = result.passed_over
    return f"; {count(number, 'code block')} passed over: not Python by itself" if number else ""


def _left_unread(result: "Result") -> str:
    """What of other code was not read for a file, so that it counts as unknown."""
    words = ", ".join(limit.count(number) for limit, number in result.limits)
    return f"; left unread as too much: {words}" if words else ""


def _tally(reading: Reading, results: "Sequence[Result]", failures: Sequence[Failure]) -> Tally:
    if not reading.contents:
        return Tally(checked=reading.looked_at)
    from optimlint.workspace.engine import tally

    unparsed = {failure.path for failure in failures if failure.kind is FailureKind.NOT_PARSED}
    seen = {result.source.path for result in results}
    lost = sum(path not in seen for path in reading.contents)
    numbers = tally(results)
    return replace(numbers, checked=reading.looked_at - lost - len(unparsed), parsed=numbers.parsed - len(unparsed))


def _exit_code(request: Request, results: "Sequence[Result]", failures: Sequence[Failure], *, is_stale: bool) -> int:
    if any(not failure.is_accepted for failure in failures):
        return exit_codes.FAILED
    listed = [result.found if request.mode is Mode.DIFF else result.left for result in results]
    weighs = any(one.severity.value in request.failing for findings in listed for one in findings)
    return exit_codes.FOUND if weighs or (is_stale and request.failing) else exit_codes.FOUND_NOTHING
