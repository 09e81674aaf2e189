"""Check and fix sources in worker processes, so that no file can end the run."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from optimlint.check import INTERNAL_ERROR
from optimlint.diagnostic import START, Applicability, Diagnostic
from optimlint.facts.limits import Limit
from optimlint.notebook.files import FixedFile, is_in_parts
from optimlint.rules import UNPARSEABLE
from optimlint.workspace.attribution import Checked, own, settled
from optimlint.workspace.discover import Walk
from optimlint.workspace.outcome import Failure, FailureKind, Tally
from optimlint.workspace.repositories import Ground, Repositories, set_up_repositories
from optimlint.workspace.worker import Examined, FixRequest, Source, examine, fix
from optimlint.workspace.worker_pool import KINDS, Lost, Pool

MOST_ROUNDS = 10
"""The most rounds of fixing and checking again. A fix may make room for one that overlapped it."""

WORTH_A_WORKER = 20_000
"""Bytes of source that justify another worker: parsing them takes as long as starting it."""


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a source that was parsed: `found` before fixes, `left` after them, with the contents before and
    after. `known_before` and `known` are suppressed by a baseline or revision. `passed_over` counts examples that are
    not Python, `limits` what was left unread."""

    source: Source
    found: tuple[Diagnostic, ...]
    content: bytes
    left: tuple[Diagnostic, ...]
    applied: int = 0
    known_before: tuple[Diagnostic, ...] = ()
    known: tuple[Diagnostic, ...] = ()
    passed_over: int = 0
    limits: tuple[tuple[Limit, int], ...] = ()

    @property
    def is_changed(self) -> bool:
        """Whether fixes changed the content."""
        return self.content != self.source.content

    def unchanged(self) -> "Result":
        """The result as it was before fixes."""
        return replace(self, content=self.source.content, left=self.found, known=self.known_before, applied=0)


@dataclass(frozen=True, slots=True)
class Plan:
    """How to run. `applicability` is None to fix nothing. `advance` is called with the number of files done. `keep`, if
    given, filters out findings that are already known."""

    walk: Walk
    jobs: int
    timeout: float
    applicability: Applicability | None
    advance: Callable[[int], None]
    keep: "Keep | None" = None
    given: tuple[str, ...] = ()
    """The files that the run was asked to check, including those that the scan skipped. Empty: the sources
    themselves."""


Keep = Callable[[Sequence["Source"], Sequence[Checked]], list[Checked]]
"""Filters the outcomes of sources: removes findings that are already known."""


def run(sources: Sequence[Source], plan: Plan) -> tuple[list[Result], list[Failure]]:
    """Check the sources and, if the plan says so, fix them in memory. Returns results and failures."""
    paths = tuple(source.path for source in sources)
    ground = Ground(paths, plan.walk.respects_gitignore)
    with Pool(plan.jobs, plan.timeout, partial(set_up_repositories, ground)) as pool:
        tools = _Tools(pool, Repositories(ground), plan.advance, plan.keep)
        results: list[Result] = []
        failures: list[Failure] = []
        examined = settled(sources, _examined(sources, tools), plan.given or paths, plan.walk.settings.options)
        for source, checked in zip(examined[0], _kept(*examined, tools), strict=True):
            if isinstance(checked, Failure):
                failures.append(checked)
            else:
                results.append(_result(source, checked))
        if plan.applicability is not None:
            results = _fix(results, plan.applicability, replace(tools, advance=no_progress), failures)
    failures += [failure for result in results for failure in failures_of(result)]
    return [_as_chosen(result) for result in results], failures


def is_finding(diagnostic: Diagnostic) -> bool:
    """Whether `diagnostic` is about the code rather than an internal error. Invalid Python is a finding."""
    return diagnostic.rule != INTERNAL_ERROR


def tells_unparseable(source: Source) -> bool:
    """Whether the user wants reports of what cannot be parsed: yes, unless that rule is turned off."""
    rules = source.options.rules
    return rules is None or UNPARSEABLE.name in rules


def with_unparseable(source: Source) -> Source:
    """The source with the rule `unparseable` turned on, since failures must be known whatever rules the user
    selected."""
    options = source.options
    rules = None if options.rules is None else options.rules | {UNPARSEABLE.name}
    return replace(source, options=replace(options, rules=rules))


def tally(results: Sequence[Result]) -> Tally:
    """Count the findings and the parsed files."""
    left = [one for result in results for one in result.left if is_finding(one)]
    safe = sum(is_fixable(one, Applicability.SAFE) for one in left)
    return Tally(
        parsed=len(results),
        found=sum(is_finding(one) for result in results for one in result.found),
        fixed=sum(result.applied for result in results),
        left=len(left),
        safe=safe,
        unsafe=sum(is_fixable(one, Applicability.UNSAFE) for one in left) - safe,
    )


def is_fixable(diagnostic: Diagnostic, applicability: Applicability) -> bool:
    """Whether `diagnostic` has a fix that is at least as safe as `applicability`."""
    return any(fix.applicability >= applicability for fix in diagnostic.fixes)


def failures_of(result: Result) -> list[Failure]:
    """The failures that the diagnostics report."""
    is_accepted = not tells_unparseable(result.source)
    failures = []
    for diagnostic in result.left:
        if diagnostic.rule == UNPARSEABLE.name:
            is_part = diagnostic.range != START and is_in_parts(result.content, diagnostic.path)
            kind = FailureKind.CELL_LEFT_OUT if diagnostic.cell or is_part else FailureKind.NOT_PARSED
            failures.append(Failure(diagnostic.path, kind, diagnostic.message, is_accepted, diagnostic.range))
        elif diagnostic.rule == INTERNAL_ERROR:
            failures.append(Failure(diagnostic.path, FailureKind.BROKEN, diagnostic.message))
    return failures


@dataclass(frozen=True, slots=True)
class _Tools:
    pool: Pool
    repositories: Repositories
    advance: Callable[[int], None]
    keep: Keep | None


def no_progress(_: int) -> None:
    """Progress callback for files that are checked again or outside the run."""


def _check(sources: Sequence[Source], tools: _Tools) -> list[Checked]:
    """Check the sources again. Findings in other files are dropped: they are in those files' results already."""
    return _kept(sources, list(map(own, sources, _examined(sources, tools))), tools)


def _kept(sources: Sequence[Source], found: list[Checked], tools: _Tools) -> list[Checked]:
    return tools.keep(sources, found) if tools.keep else found


def _examined(sources: Sequence[Source], tools: _Tools) -> list[Checked]:
    """Check the sources in the pool."""
    # Largest first, so that no worker starts a long file when the others are done.
    order = sorted(range(len(sources)), key=lambda index: -len(sources[index].content))
    items = [with_unparseable(sources[index]) for index in order]
    checked: dict[int, Checked] = {}
    roots = [tools.repositories.root_of(source.path) for source in items]
    most = min(len(items), _workers_worth(sources))
    if most > 1 and sys.platform == "linux":
        import optimlint.interpret  # noqa: F401  Once for all workers: these are forked, and share what is loaded.
    for place, reply in tools.pool.map(examine, items, most, roots):
        index = order[place]
        checked[index] = _failure(sources[index], reply) if isinstance(reply, Lost) else reply
        tools.advance(1)
    return [checked[index] for index in range(len(sources))]


def _workers_worth(sources: Sequence[Source]) -> int:
    """The number of workers that the sources keep busy for longer than starting them takes."""
    return max(1, sum(len(source.content) for source in sources) // WORTH_A_WORKER)


def _fix(results: list[Result], applicability: Applicability, tools: _Tools, failures: list[Failure]) -> list[Result]:
    """Fix and check again until nothing changes. A fix is undone if its result cannot be checked."""
    results = list(results)
    pending = [index for index, result in enumerate(results) if _has_fixes(result, applicability)]
    for _ in range(MOST_ROUNDS):
        requests = [FixRequest(_current(results[index]), results[index].left, applicability) for index in pending]
        changed: dict[int, FixedFile] = {}
        for place, reply in tools.pool.map(fix, requests):
            if isinstance(reply, Lost):
                failures.append(_failure(requests[place].source, reply, FailureKind.NOT_WRITTEN))
            elif reply.content != requests[place].source.content:
                changed[pending[place]] = reply
        sources = [replace(results[index].source, content=reply.content) for index, reply in changed.items()]
        pending = []
        for (index, reply), checked in zip(changed.items(), _check(sources, tools), strict=True):
            if isinstance(checked, Failure):
                failures.append(replace(checked, kind=FailureKind.NOT_WRITTEN))
                continue
            result = results[index]
            results[index] = replace(
                result,
                content=reply.content,
                left=checked.diagnostics,
                known=checked.known,
                applied=result.applied + reply.applied,
            )
            if _has_fixes(results[index], applicability):
                pending.append(index)
    return results


def _result(source: Source, examined: Examined) -> Result:
    """The result of a source before any fix."""
    found, known = examined.diagnostics, examined.known
    return Result(source, found, source.content, found, 0, known, known, examined.passed_over, examined.limits)


def _has_fixes(result: Result, applicability: Applicability) -> bool:
    return any(is_fixable(diagnostic, applicability) for diagnostic in result.left)


def _current(result: Result) -> Source:
    return replace(result.source, content=result.content)


def _as_chosen(result: Result) -> Result:
    """The result without reports that the user turned off."""
    if tells_unparseable(result.source):
        return result
    found, left = (
        tuple(one for one in diagnostics if one.rule != UNPARSEABLE.name) for diagnostics in (result.found, result.left)
    )
    return replace(result, found=found, left=left)


def _failure(source: Source, lost: Lost, kind: FailureKind | None = None) -> Failure:
    return Failure(source.path, kind or KINDS[lost.loss], lost.reason)
