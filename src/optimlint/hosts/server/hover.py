"""Hovers: the groups of an optimizer, and the pages of suppressed rules."""

import os
import re
from collections.abc import Callable, Iterator

from lsprotocol import types

from optimlint.diagnostic import Position, Range
from optimlint.effective import EffectiveOptimizer
from optimlint.rule import Rule
from optimlint.rules import RULES
from optimlint.workspace.optimizer_groups import FoundOptimizer
from optimlint.workspace.rule_pages import page

_WIDTH = 76
"""The width of the groups' table in columns: as many as editors show in a hover without wrapping."""

GroupsText = Callable[[FoundOptimizer, str, int], str]
"""A function that formats an optimizer's groups as text, with a width in columns and with paths relative to a folder.
The caller provides it, because only the command line formats text."""

_SUPPRESSION = re.compile(
    r"#\s*(?:optimlint:\s*ignore(?:-file)?(?:\s*\[(?P<names>[^\]#]*)\]?)?|noqa\s*:\s*(?P<codes>[a-z]+\d+(?:[\s,]+[a-z]+\d+)*))",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\s,]+")


def suppression_page(line: str, column: int) -> str | None:
    """The pages of the rules that a suppression comment on this line names, if the 1-based column is in the comment:
    only the rule at the column, or all rules of the comment. For a comment that names no rule, a short explanation.
    None if there is no comment."""
    for match in _SUPPRESSION.finditer(line):
        if match.start() < column <= match.end() + 1:
            rules = list(dict.fromkeys(_rules(line, column, match)))
            return _pages(rules) or (_EVERY_RULE if match["names"] is match["codes"] is None else None)
    return None


def optimizer_page(
    optimizers: tuple[EffectiveOptimizer, ...], place: Position, cell: int | None, groups_text: GroupsText
) -> str | None:
    """The output of `optimlint groups` for the innermost optimizer construction at a position; None if there is
    none."""
    around = [one for one in optimizers if _holds(one.range, place, cell)]
    return _groups(max(around, key=lambda one: one.range.start), groups_text) if around else None


def markdown(text: str) -> types.Hover:
    """A hover with this Markdown text."""
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text))


_EVERY_RULE = "This comment suppresses every rule of optimlint. `# optimlint: ignore[rule-name]` suppresses one.\n"


def _rules(line: str, column: int, match: re.Match[str]) -> Iterator[Rule]:
    group = "names" if match["names"] is not None else "codes"
    names = list(_NAME.finditer(line, *match.span(group))) if match[group] is not None else []
    pointed = [name for name in names if name.start() < column <= name.end()]
    for name in pointed or names:
        text = name.group().lower()
        yield from (rule for rule in RULES if _means(text, rule, is_prefix=group == "codes"))


def _means(text: str, rule: Rule, *, is_prefix: bool) -> bool:
    code = rule.code.lower()
    return code.startswith(text) if is_prefix else text in (rule.name, code)


def _pages(rules: list[Rule]) -> str | None:
    return "\n---\n\n".join(page(rule) for rule in rules) or None


def _holds(range: Range, place: Position, cell: int | None) -> bool:
    return range.cell == cell and range.start <= place <= range.end


def _groups(optimizer: EffectiveOptimizer, groups_text: GroupsText) -> str:
    """The same text as the command's, in a code block whose fence is longer than any run of backticks in the text."""
    here = os.getcwd()
    text = groups_text(FoundOptimizer(os.path.join(here, "here"), optimizer), here, _WIDTH)
    text = text.partition(": ")[2]  # The reader sees the location, so it is removed.
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}text\n{text}{fence}\n"
