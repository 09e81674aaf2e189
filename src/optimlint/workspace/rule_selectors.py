"""Rule selectors: names, codes, code prefixes and `ALL`, and the rules that they select."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ALL = "ALL"


@dataclass(frozen=True, slots=True)
class Selection:
    """One layer of selectors: a configuration file's, or the command line's, which is above it."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()


NO_CHOICE = Selection()


def choose(layers: Sequence[Selection]) -> frozenset[str]:
    """The names of the rules that run.

    A layer's `select` replaces everything that lower layers chose. Within a layer the more specific selector wins, and
    `ignore` wins over an equally specific `select`. The rule `unparseable` runs unless it is ignored: selecting some
    rules does not mean to skip files silently.
    """
    from optimlint.rules import RULES, UNPARSEABLE

    chosen = {rule.name for rule in RULES if rule.default}
    for layer in layers:
        if layer.select is not None:
            chosen = {UNPARSEABLE.name}
        selected = [(_breadth(selector), selector) for selector in (*(layer.select or ()), *layer.extend_select)]
        ignored = [(_breadth(selector), selector) for selector in layer.ignore]
        for breadth in sorted({breadth for breadth, _ in (*selected, *ignored)}, reverse=True):
            chosen |= rules_of(selector for wide, selector in selected if wide == breadth)
            chosen -= rules_of(selector for wide, selector in ignored if wide == breadth)
    return frozenset(chosen)


def rules_of(selectors: Iterable[str]) -> frozenset[str]:
    """The names of the rules that `selectors` select."""
    from optimlint.rules import RULES

    return frozenset(
        rule.name for selector in selectors for rule in RULES if _means(selector, name=rule.name, code=rule.code)
    )


def complaint(selector: str) -> str | None:
    """What is wrong with a selector, with the nearest valid one; None if it is valid."""
    if rules_of([selector]):
        return None
    from optimlint.rules import RULES

    known = [ALL, *(text for rule in RULES for text in (rule.name, rule.code))]
    return f"unknown rule `{selector}`{nearest(selector, known)}"


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean `x`?`, or "" if no known word is similar. A prefix of a long word is similar to it, too."""
    from difflib import SequenceMatcher

    def likeness(other: str) -> float:
        return max(SequenceMatcher(None, word, text).ratio() for text in (other, other[: len(word)]))

    best = max(known, key=likeness)
    return f"; did you mean `{best}`?" if likeness(best) >= 0.6 else ""


def _breadth(selector: str) -> int:
    """The number of rules that it selects: fewer is more specific."""
    return len(rules_of([selector]))


def _means(selector: str, *, name: str, code: str) -> bool:
    return selector in (ALL, name) or (selector.startswith("OPT") and code.startswith(selector))
