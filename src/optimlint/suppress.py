"""Inline suppressions: which findings the comments of a source suppress, and which suppressions are unused.

- `# optimlint: ignore[bypassed-param-groups]` suppresses the rule at the finding's line, at the line of a related
  range, or, on a line of its own, at the line below. Separate several names or codes by commas; a reason may follow.
- `# optimlint: ignore` suppresses every rule there.
- `# optimlint: ignore-file` and `ignore-file[OPT001]`, on a line of their own, suppress for the whole source.
- `# noqa: OPT001` is `ignore[OPT001]`; `OPT0` selects all codes with that prefix.
- `# noqa` suppresses every rule, but only at the finding's own line: it is usually meant for other tools.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum

from optimlint.diagnostic import Applicability, Diagnostic, Edit, Finding, Fix, Position, Range
from optimlint.facts.names import Comment
from optimlint.rule import Rule

UNUSED = "unused-suppression"
"""The rule that reports unused suppressions."""

_OWN = re.compile(
    r"#\s*optimlint:\s*(?P<kind>ignore-file|ignore)(?![\w-])(?:\s*\[(?P<names>[^\]#]*)\]?)?", re.IGNORECASE
)
_NOQA = re.compile(
    r"#\s*noqa(?![\w-])(?:\s*:\s*(?P<names>[a-z]+[0-9]+(?:[\s,]+[a-z]+[0-9]+)*)(?![\w-]))?", re.IGNORECASE
)
_NEXT_COMMENT = re.compile(r"\s*#(?=\s*[A-Za-z])")
"""The start of another comment inside a comment. `#123` is part of the reason."""

_NAME = re.compile(r"[^\s,]+")


def suppress(
    diagnostics: list[Diagnostic],
    comments: tuple[Comment, ...],
    path: str,
    chosen: tuple[Rule, ...],
    known: tuple[Rule, ...],
    file: str = "",
) -> list[Diagnostic]:
    """The diagnostics that no comment suppresses, plus one for each unused suppression. `comments` are those of the
    file that ranges call `file`, "" for the checked source.

    `chosen` are the rules that ran, `known` all rules. A suppression of a rule that did not run, or that broke, is not
    reported.
    """
    suppressions = tuple(_read_suppressions(comments))
    if not suppressions:
        return diagnostics
    places = _places(suppressions)
    names = {rule.name for rule in known}
    uses = [set(_uses(suppressions, places, one, file)) if one.rule in names else set() for one in diagnostics]
    kept = [diagnostic for diagnostic, used in zip(diagnostics, uses, strict=True) if not used]
    broken = {diagnostic.code for diagnostic in diagnostics if diagnostic.rule not in names}
    ran = tuple(rule for rule in chosen if rule.code not in broken)
    reporter = next((rule for rule in ran if rule.name == UNUSED), None)
    if reporter is not None:
        findings = _all_useless(suppressions, set().union(*uses), ran, known)
        notes = [reporter.sign(finding, path) for finding in findings]
        kept += [note for note in notes if not any(_uses(suppressions, places, note, file))]
    return kept


def suppression(rules: Iterable[str], reason: str = "") -> str:
    """The comment that suppresses findings of these rules."""
    return f"# optimlint: ignore[{', '.join(sorted(rules))}] {reason}".rstrip()


def comment_above(comment: str, text: str, line: int, cell: int | None) -> Edit:
    """The edit that inserts a comment on its own line above line `line`, whose content is `text`."""
    start = Position(line, 1)
    return Edit(Range(start, start, cell), f"{text[: len(text) - len(text.lstrip())]}{comment}\n")


def comment_behind(comment: str, text: str, line: int, cell: int | None) -> Edit:
    """The edit that appends a comment to line `line`, whose content is `text`, replacing trailing white space."""
    start, end = Position(line, len(text.rstrip()) + 1), Position(line, len(text) + 1)
    return Edit(Range(start, end, cell), f"  {comment}")


class _Kind(Enum):
    LINE = "optimlint: ignore"
    FILE = "optimlint: ignore-file"
    NOQA = "noqa"


@dataclass(frozen=True, slots=True)
class _Name:
    """A rule name or code in a suppression, with its offsets in the comment."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Suppression:
    """One suppression. `names` is None if it means every rule; `line` is the line whose findings it suppresses.
    `start`, `head` and `end` are offsets in the comment: where it begins, where its names end, and where its reason
    ends."""

    kind: _Kind
    comment: Comment
    names: tuple[_Name, ...] | None
    line: int
    start: int
    head: int
    end: int

    def covers(self, diagnostic: Diagnostic, file: str) -> bool:
        """Whether its place lets it suppress `diagnostic`, in a file that the diagnostic concerns."""
        if self.kind is _Kind.FILE:
            return self.comment.is_alone
        is_everywhere = self.kind is not _Kind.NOQA or self.names is not None
        return self.line in _lines_of(diagnostic, file, with_evidence=is_everywhere)

    def means(self, name: _Name, rule: str, code: str) -> bool:
        """Whether `name` selects the rule of this name and code."""
        text = name.text.lower()
        return code.lower().startswith(text) if self.kind is _Kind.NOQA else text in {rule, code.lower()}

    def range(self, start: int, end: int) -> Range:
        """The range between two offsets in the comment."""
        line, column = self.comment.range.start.line, self.comment.range.start.column
        return Range(Position(line, column + start), Position(line, column + end))


def _read_suppressions(comments: tuple[Comment, ...]) -> Iterator[_Suppression]:
    below: dict[int, int] = {}
    for line in sorted((comment.range.start.line for comment in comments if comment.is_alone), reverse=True):
        below[line] = below.get(line + 1, line + 1)
    for comment in comments:
        for match in _OWN.finditer(comment.text):
            kind = _Kind.FILE if match["kind"].lower() == "ignore-file" else _Kind.LINE
            line = comment.range.start.line
            line = below[line] if comment.is_alone else line
            yield _suppression(kind, comment, match, line)
        for match in _NOQA.finditer(comment.text):
            yield _suppression(_Kind.NOQA, comment, match, comment.range.start.line)


def _suppression(kind: _Kind, comment: Comment, match: re.Match[str], line: int) -> _Suppression:
    following = _NEXT_COMMENT.search(comment.text, match.end())
    end = following.start() if following else len(comment.text)
    names = None
    if match["names"] is not None:
        found = _NAME.finditer(comment.text, *match.span("names"))
        names = tuple(_Name(name.group(), name.start(), name.end()) for name in found)
    return _Suppression(kind, comment, names, line, match.start(), match.end(), end)


_EVERY_RULE = -1
"""Index used for a suppression without names."""


_EVERY_LINE = 0
"""Line number used for a suppression of the whole source."""


def _places(suppressions: tuple[_Suppression, ...]) -> dict[int, list[int]]:
    """Indexes of the suppressions by the line that they apply to. Avoids comparing all with all, since a source may
    have many of both."""
    places: dict[int, list[int]] = {}
    for index, suppression in enumerate(suppressions):
        line = _EVERY_LINE if suppression.kind is _Kind.FILE else suppression.line
        places.setdefault(line, []).append(index)
    return places


def _lines_of(diagnostic: Diagnostic, file: str, *, with_evidence: bool = True) -> set[int]:
    """The lines in a file of a diagnostic and, with `with_evidence`, of its related ranges."""
    ranges = (diagnostic.range, *((one.range for one in diagnostic.related) if with_evidence else ()))
    return {one.start.line for one in ranges if one.path == file}


def _uses(
    suppressions: tuple[_Suppression, ...], places: dict[int, list[int]], diagnostic: Diagnostic, file: str
) -> Iterator[tuple[int, int]]:
    """The suppressions that apply to `diagnostic`, each with the index of the name that selects it."""
    lines = _lines_of(diagnostic, file)
    if lines:
        lines.add(_EVERY_LINE)
    for index in sorted(index for line in lines for index in places.get(line, ())):
        suppression = suppressions[index]
        if not suppression.covers(diagnostic, file):
            continue
        if suppression.names is None:
            # Otherwise a suppression of every rule would suppress the report that it is unused.
            if diagnostic.rule != UNUSED:
                yield index, _EVERY_RULE
            continue
        for place, name in enumerate(suppression.names):
            if suppression.means(name, diagnostic.rule, diagnostic.code):
                yield index, place


def _all_useless(
    suppressions: tuple[_Suppression, ...], used: set[tuple[int, int]], ran: tuple[Rule, ...], known: tuple[Rule, ...]
) -> Iterator[Finding]:
    names: dict[int, set[int]] = {}
    for index, name in used:
        names.setdefault(index, set()).add(name)
    for index, suppression in enumerate(suppressions):
        yield from _useless(suppression, names.get(index, set()), ran, known)


def _useless(
    suppression: _Suppression, used: set[int], ran: tuple[Rule, ...], known: tuple[Rule, ...]
) -> Iterator[Finding]:
    """The findings about a suppression of which only the names in `used` suppressed something."""
    if suppression.kind is _Kind.FILE and not suppression.comment.is_alone:
        where = suppression.range(suppression.start, suppression.head)
        yield Finding(where, "`ignore-file` suppresses nothing unless it stands on a line of its own")
    elif suppression.names is None:
        # Only a run of all default rules can know that it suppresses nothing.
        is_full_run = all(rule in ran for rule in known if rule.default)
        if suppression.kind is not _Kind.NOQA and not used and is_full_run:
            yield _whole(suppression)
    else:
        idle = [name for place, name in enumerate(suppression.names) if place not in used]
        yield from _idle_names(suppression, idle, ran, known)


def _idle_names(
    suppression: _Suppression, idle: list[_Name], ran: tuple[Rule, ...], known: tuple[Rule, ...]
) -> Iterator[Finding]:
    """The findings about names that suppressed nothing: they are unknown, unused, or of rules that did not run."""
    if not suppression.names and suppression.kind is not _Kind.NOQA:
        yield _whole(suppression)
    useless = []
    for name in idle:
        meant = [rule for rule in known if suppression.means(name, rule.name, rule.code)]
        is_ours = suppression.kind is not _Kind.NOQA or name.text.lower().startswith("opt")
        if not meant and is_ours:
            yield _unknown(suppression, name, known)
        elif meant and all(rule in ran and rule.name != UNUSED for rule in meant):
            useless.append(name)
    if useless and len(useless) == len(suppression.names or ()):
        yield _whole(suppression)
    elif useless:
        yield _partly(suppression, useless)


def _unknown(suppression: _Suppression, name: _Name, known: tuple[Rule, ...]) -> Finding:
    words = [word for rule in known for word in (rule.name, rule.code)]
    nearest = get_close_matches(name.text, words, n=1) or get_close_matches(name.text.upper(), words, n=1)
    hint = f"; the nearest name is `{nearest[0]}`" if nearest else ""
    return Finding(suppression.range(name.start, name.end), f"{_quoted(name.text)} is not a rule{hint}")


def _whole(suppression: _Suppression) -> Finding:
    written = suppression.comment.text[suppression.start : suppression.head].rstrip()
    edit = Edit(_whole_range(suppression), "")
    return Finding(
        suppression.range(suppression.start, suppression.start + len(written)),
        f"{_quoted(written)} suppresses nothing",
        fixes=(Fix("Remove the suppression", (edit,), Applicability.SAFE),),
    )


def _whole_range(suppression: _Suppression) -> Range:
    """The range of the suppression with its reason and surrounding white space; the whole comment or line if it
    contains nothing else."""
    comment = suppression.comment
    is_last = suppression.end == len(comment.text)
    if suppression.start == 0 and is_last:
        line = comment.range.start.line
        if comment.is_alone:
            return Range(Position(line, 1), Position(line + 1, 1))
        return suppression.range(-len(comment.before), len(comment.text))
    if is_last:
        return suppression.range(len(comment.text[: suppression.start].rstrip()), suppression.end)
    blanks = len(comment.text[suppression.end :]) - len(comment.text[suppression.end :].lstrip())
    return suppression.range(suppression.start, suppression.end + blanks)


def _partly(suppression: _Suppression, useless: list[_Name]) -> Finding:
    """The finding for some, but not all, names of a suppression."""
    names = suppression.names or ()
    kept = [name.text for name in names if name not in useless]
    separator = suppression.comment.text[names[0].end : names[1].start]
    edit = Edit(suppression.range(names[0].start, names[-1].end), separator.join(kept))
    listed = ", ".join(f"`{name.text}`" for name in useless)
    return Finding(
        suppression.range(useless[0].start, useless[-1].end),
        f"{listed} {'suppresses' if len(useless) == 1 else 'suppress'} nothing",
        fixes=(Fix(f"Remove {listed} from the suppression", (edit,), Applicability.SAFE),),
    )


def _quoted(code: str) -> str:
    """Code in backticks, with backticks inside it replaced."""
    return "`" + code.replace("`", "'") + "`"
