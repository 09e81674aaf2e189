"""Suppressions for findings that are there: written where they are honoured, which the checker itself confirms.

Where a comment may stand is a question with many answers (strings over several lines, backslashes, magics of notebooks,
lines of a page), so none is trusted: comments are tried, the file is checked again with suppressions and without, and
one that did not suppress its finding, or did more than that, is taken back and tried at the next place.
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
"""How many places that are evidence for a finding are tried, too."""


def add_ignores(results: Sequence[Result], plan: Plan, reason: str) -> tuple[list[Result], list[Failure]]:
    """The results with contents that suppress their findings, as far as these can be suppressed."""
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
    """Where a comment may go: on a line of its own above a line, or behind its code."""

    cell: int | None
    line: int
    is_above: bool


@dataclass(frozen=True, slots=True)
class _Case:
    """A finding, and the places that are left to be tried for its suppression, the best one first."""

    diagnostic: Diagnostic
    places: tuple[_Place, ...]

    @property
    def key(self) -> "_Key":
        """What the finding is known again by once comments have been written."""
        return _key_of(self.diagnostic)


@dataclass(frozen=True, slots=True)
class _Key:
    rule: str
    cell: int | None
    line: int


@dataclass(frozen=True, slots=True)
class _Trial:
    """A file as it was before any comment, and its findings."""

    before: Result
    cases: tuple[_Case, ...]

    @property
    def path(self) -> str:
        return self.before.source.path

    @property
    def tried(self) -> tuple[_Case, ...]:
        """The findings for which there is a place to try."""
        return tuple(case for case in self.cases if case.places)

    @property
    def is_open(self) -> bool:
        return bool(self.tried)

    def without_first_places(self, failed: set[_Key]) -> "_Trial":
        """The trial without the places that did not do for the findings in `failed`."""
        cases = (replace(case, places=case.places[1:]) if case.key in failed else case for case in self.cases)
        return replace(self, cases=tuple(cases))


@dataclass(frozen=True, slots=True)
class _Checked:
    """A file with comments: what is found in it, with suppressions and without, what is known, and its texts."""

    with_suppressions: tuple[Diagnostic, ...]
    without: tuple[Diagnostic, ...]
    known: tuple[Diagnostic, ...]
    texts: Texts


def _trial(result: Result) -> _Trial:
    texts = Texts({result.source.path: result.source.content})
    cases = (_Case(one, tuple(_places(one, texts))) for one in result.left if _is_suppressible(one))
    return _Trial(result, tuple(cases))


def _is_suppressible(diagnostic: Diagnostic) -> bool:
    """Whether a suppression could be meant: what suppresses nothing is to be removed, not suppressed in its turn."""
    return is_finding(diagnostic) and diagnostic.rule != UNUSED_SUPPRESSION.name


def _places(diagnostic: Diagnostic, texts: Texts) -> Iterator[_Place]:
    """A line of its own comes first: no formatter moves it away from the code below it, however long the reason is. A
    line of a page is more than its code, so there it comes last."""
    above_first = suffix_of(diagnostic.path) not in PAGES
    evidence = (related.range for related in diagnostic.related[:_MOST_RELATED])
    ranges = [diagnostic.range, *(one for one in evidence if not one.path)]
    for cell, line in dict.fromkeys((place.cell, place.start.line) for place in ranges):
        text = _line(texts, diagnostic.path, cell, line)
        if text is None:
            continue
        for is_above in (above_first, not above_first):
            # A magic of the whole cell must stay at its top.
            if not (is_above and text.lstrip().startswith("%%")):
                yield _Place(cell, line, is_above)


def _line(texts: Texts, path: str, cell: int | None, line: int) -> str | None:
    """A line with its end; None where there is none."""
    lines = split_lines(texts.text(path, cell) or "")
    return lines[line - 1] if line <= len(lines) else None


def _write(trials: Sequence[_Trial], plan: Plan, reason: str, failures: list[Failure]) -> dict[str, bytes]:
    """The contents with comments at the first place of each finding, by path, as far as they can be written."""
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
    """The findings, each with the comment that suppresses it as its fix; those at one place share one comment."""
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
    """What is found in the sources that can be checked, with suppressions and without."""
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
    """The findings that their comments did not suppress; all of them where something else has changed."""
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
    """Tells of the lines of a file with comments which ones they were before."""

    __slots__ = ("_after", "_before", "_known", "_path")

    def __init__(self, trial: _Trial, checked: _Checked) -> None:
        self._path = trial.path
        self._before = Texts({trial.path: trial.before.source.content})
        self._after = checked.texts
        self._known: dict[int | None, list[int]] = {}

    def key(self, diagnostic: Diagnostic) -> _Key:
        """The key of a finding, by its line before."""
        cell, line = diagnostic.cell, diagnostic.range.start.line
        if cell not in self._known:
            before, after = (texts.text(self._path, cell) or "" for texts in (self._before, self._after))
            self._known[cell] = list(_old_lines(split_lines(before), split_lines(after)))
        known = self._known[cell]
        return _Key(diagnostic.rule, cell, known[line - 1] if line <= len(known) else line)


def _old_lines(before: Sequence[str], after: Sequence[str]) -> Iterator[int]:
    """For each line after comments were added the number it had before; a new one has that of the line below it."""
    index = 0
    for line in after:
        is_old = index < len(before) and line.startswith(before[index].rstrip())
        yield index + 1
        index += is_old
