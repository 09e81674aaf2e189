"""What a user writes to choose rules (names, codes, prefixes of codes, `ALL`), and the rules that it means."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ALL = "ALL"


@dataclass(frozen=True, slots=True)
class Selection:
    """One layer of choices: a configuration file's, or the command line's, which stands above it."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()


NO_CHOICE = Selection()


def choose(layers: Sequence[Selection]) -> frozenset[str]:
    """The names of the rules that run.

    A layer's `select` replaces all that the layers below chose. Within a layer the more specific selector wins, and
    `ignore` wins over an equally specific `select`. That a file cannot be parsed is always told, unless it is ignored:
    choosing some rules is no leave to pass over what could not be checked.
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
    """The names of the rules that `selectors` mean."""
    from optimlint.rules import RULES

    return frozenset(
        rule.name for selector in selectors for rule in RULES if _means(selector, name=rule.name, code=rule.code)
    )


def complaint(selector: str) -> str | None:
    """What is wrong with a selector, with the nearest right one; None for a right one."""
    if rules_of([selector]):
        return None
    from optimlint.rules import RULES

    known = [ALL, *(text for rule in RULES for text in (rule.name, rule.code))]
    return f"unknown rule `{selector}`{nearest(selector, known)}"


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean `x`?`, or nothing where no known word is near. The beginning of a long word is near it, too."""
    from difflib import SequenceMatcher

    def likeness(other: str) -> float:
        return max(SequenceMatcher(None, word, text).ratio() for text in (other, other[: len(word)]))

    best = max(known, key=likeness)
    return f"; did you mean `{best}`?" if likeness(best) >= 0.6 else ""


def _breadth(selector: str) -> int:
    """How many rules it means: the fewer, the more specific."""
    return len(rules_of([selector]))


def _means(selector: str, *, name: str, code: str) -> bool:
    return selector in (ALL, name) or (selector.startswith("OPT") and code.startswith(selector))
