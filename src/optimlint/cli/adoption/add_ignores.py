"""Insert suppressions for existing findings (`--add-ignores`), and verify each by checking again.

Whether a comment can be placed somewhere depends on many things (multi-line strings, backslashes, notebook magics,
lines of a page). So no rule is trusted: comments are tried, the file is checked again with and without suppressions,
and a comment that did not suppress exactly its finding is removed and tried at the next place.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from optimlint.diagnostic import Applicability, Diagnostic, Fix
from optimlint.rules import UNUSED_SUPPRESSION
from optimlint.suppress import comment_above, comment_behind, suppression
from optimlint.text import split_lines
from optimlint.trigger import PAGES, suffix_of
from optimlint.workspace.engine import Plan, Result, is_finding, no_progress, run
from optimlint.workspace.outcome import Failure, FailureKind
from optimlint.workspace.source_texts import Texts
from optimlint.workspace.worker import FixRequest, Source, fix
from optimlint.workspace.worker_pool import Lost, Pool

_MOST_RELATED = 3
"""How many related ranges of a finding are tried, too."""


def add_ignores(results: Sequence[Result], plan: Plan, reason: str) -> tuple[list[Result], list[Failure]]:
    """The results with contents that suppress their findings, as far as possible."""
    plan = replace(plan, applicability=None, advance=no_progress)
    failures: list[Failure] = []
    outcomes = {result.source.path: result for result in results}
    trials = [trial for result in results if (trial := _trial(result)).is_open]
    while trials:
        written = _write(trials, plan, reason, failures)
        checked = _check([_with_content(trial, written) for trial in trials if trial.path in written], plan)
        going_on = []
        for trial in trials:
            if trial.path not in checked:
                if trial.path in written:  # What cannot be checked afterwards is not written.
                    failures.append(Failure(trial.path, FailureKind.NOT_WRITTEN, "it cannot be checked afterwards"))
                continue
            failed = _failed(trial, checked[trial.path])
            if not failed:
                outcomes[trial.path] = replace(
                    trial.before,
                    content=written[trial.path],
                    left=checked[trial.path].with_suppressions,
                    known=checked[trial.path].known,
                    applied=len(trial.tried),
                )
            elif (after := trial.without_first_places(failed)).is_open:
                going_on.append(after)
        trials = going_on
    return [outcomes[result.source.path] for result in results], failures


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a comment may go: on a line of its own above a line, or after its code."""

    cell: int | None
    line: int
    is_above: bool


@dataclass(frozen=True, slots=True)
class _Case:
    """A finding, and the places still to be tried for its suppression, best first."""

    diagnostic: Diagnostic
    places: tuple[_Place, ...]

    @property
    def key(self) -> "_Key":
        """Identifies the finding after comments have been inserted."""
        return _key_of(self.diagnostic)


@dataclass(frozen=True, slots=True)
class _Key:
    rule: str
    cell: int | None
    line: int


@dataclass(frozen=True, slots=True)
class _Trial:
    """A file before any comment, and its findings."""

    before: Result
    cases: tuple[_Case, ...]

    @property
    def path(self) -> str:
        return self.before.source.path

    @property
    def tried(self) -> tuple[_Case, ...]:
        """The findings that still have a place to try."""
        return tuple(case for case in self.cases if case.places)

    @property
    def is_open(self) -> bool:
        return bool(self.tried)

    def without_first_places(self, failed: set[_Key]) -> "_Trial":
        """The trial without the places that did not work for the findings in `failed`."""
        cases = (replace(case, places=case.places[1:]) if case.key in failed else case for case in self.cases)
        return replace(self, cases=tuple(cases))


@dataclass(frozen=True, slots=True)
class _Checked:
    """A file with comments: its diagnostics with and without suppressions, the known ones, and its texts."""

    with_suppressions: tuple[Diagnostic, ...]
    without: tuple[Diagnostic, ...]
    known: tuple[Diagnostic, ...]
    texts: Texts


def _trial(result: Result) -> _Trial:
    texts = Texts({result.source.path: result.source.content})
    cases = (_Case(one, tuple(_places(one, texts))) for one in result.left if _is_suppressible(one))
    return _Trial(result, tuple(cases))


def _is_suppressible(diagnostic: Diagnostic) -> bool:
    """Whether a finding can be suppressed. An unused suppression should be removed instead."""
    return is_finding(diagnostic) and diagnostic.rule != UNUSED_SUPPRESSION.name


def _places(diagnostic: Diagnostic, texts: Texts) -> Iterator[_Place]:
    """The places for a comment. A line of its own comes first, because formatters do not move it away from the code
    below. In a page, where a line is more than code, it comes last."""
    above_first = suffix_of(diagnostic.path) not in PAGES
    evidence = (related.range for related in diagnostic.related[:_MOST_RELATED])
    ranges = [diagnostic.range, *(one for one in evidence if not one.path)]
    for cell, line in dict.fromkeys((place.cell, place.start.line) for place in ranges):
        text = _line(texts, diagnostic.path, cell, line)
        if text is None:
            continue
        for is_above in (above_first, not above_first):
            # A cell magic must stay at the top of its cell.
            if not (is_above and text.lstrip().startswith("%%")):
                yield _Place(cell, line, is_above)


def _line(texts: Texts, path: str, cell: int | None, line: int) -> str | None:
    """A line with its line end; None if it does not exist."""
    lines = split_lines(texts.text(path, cell) or "")
    return lines[line - 1] if line <= len(lines) else None


def _write(trials: Sequence[_Trial], plan: Plan, reason: str, failures: list[Failure]) -> dict[str, bytes]:
    """The contents, by path, with a comment at the first place of each finding, as far as they can be written."""
    requests = [
        FixRequest(trial.before.source, tuple(_with_comments(trial, reason)), Applicability.SAFE) for trial in trials
    ]
    written: dict[str, bytes] = {}
    with Pool(min(plan.jobs, len(requests)), plan.timeout) as pool:
        for index, reply in pool.map(fix, requests):
            path = requests[index].source.path
            if isinstance(reply, Lost):
                failures.append(Failure(path, FailureKind.NOT_WRITTEN, reply.reason))
            else:
                written[path] = reply.content
    return written


def _with_comments(trial: _Trial, reason: str) -> Iterator[Diagnostic]:
    """The findings, each with its suppression comment as its fix. Findings at the same place share one comment."""
    rules: dict[_Place, set[str]] = {}
    for case in trial.tried:
        rules.setdefault(case.places[0], set()).add(case.diagnostic.rule)
    texts = Texts({trial.path: trial.before.source.content})
    for case in trial.tried:
        place = case.places[0]
        comment = suppression(rules[place], reason)
        text = (_line(texts, trial.path, place.cell, place.line) or "").rstrip("\r\n")
        write = comment_above if place.is_above else comment_behind
        edit = write(comment, text, place.line, place.cell)
        fix = Fix("Suppress the finding", (edit,), Applicability.SAFE)
        yield replace(case.diagnostic, fixes=(fix,))


def _with_content(trial: _Trial, written: Mapping[str, bytes]) -> Source:
    return replace(trial.before.source, content=written[trial.path])


def _check(sources: Sequence[Source], plan: Plan) -> dict[str, _Checked]:
    """Check the sources with and without suppressions. Sources that cannot be checked are left out."""
    if not sources:
        return {}
    bare = [replace(one, options=replace(one.options, respect_suppressions=False)) for one in sources]
    ignored, _ = run(bare, plan)
    honoured, _ = run(sources, plan)
    without = {result.source.path: result.left for result in ignored}
    return {
        result.source.path: _Checked(
            result.left, without[result.source.path], result.known, Texts({result.source.path: result.content})
        )
        for result in honoured
        if result.source.path in without
    }


def _failed(trial: _Trial, checked: _Checked) -> set[_Key]:
    """The findings that their comments did not suppress; all of them if anything else has changed."""
    tried = {case.key for case in trial.tried}
    lines = _Lines(trial, checked)
    before = Counter(_key_of(one) for one in trial.before.left)
    left = Counter(lines.key(one) for one in checked.with_suppressions)
    beneath = Counter(lines.key(one) for one in checked.without)
    if left - before or any(beneath[key] < before[key] for key in tried):
        return tried & set(left) or tried
    return tried & set(left)


def _key_of(diagnostic: Diagnostic) -> _Key:
    return _Key(diagnostic.rule, diagnostic.cell, diagnostic.range.start.line)


class _Lines:
    """Maps lines of a file with comments to their previous line numbers."""

    __slots__ = ("_after", "_before", "_known", "_path")

    def __init__(self, trial: _Trial, checked: _Checked) -> None:
        self._path = trial.path
        self._before = Texts({trial.path: trial.before.source.content})
        self._after = checked.texts
        self._known: dict[int | None, list[int]] = {}

    def key(self, diagnostic: Diagnostic) -> _Key:
        """The key of a finding, with its previous line number."""
        cell, line = diagnostic.cell, diagnostic.range.start.line
        if cell not in self._known:
            before, after = (texts.text(self._path, cell) or "" for texts in (self._before, self._after))
            self._known[cell] = list(_old_lines(split_lines(before), split_lines(after)))
        known = self._known[cell]
        return _Key(diagnostic.rule, cell, known[line - 1] if line <= len(known) else line)


def _old_lines(before: Sequence[str], after: Sequence[str]) -> Iterator[int]:
    """For each line with comments added, its previous number. An added line has the number of the line below."""
    index = 0
    for line in after:
        is_old = index < len(before) and line.startswith(before[index].rstrip())
        yield index + 1
        index += is_old
