"""No message claims that a setting is never applied if the same message, or the call that it is about, shows that it
is."""

import ast
import re
from functools import cache

import pytest
from every import for_each
from fixtures_support import Case, cases
from results import found_in_text

from optimlint import Diagnostic

_LOST = re.compile(r"(?P<before>.*)[:;] (?P<lost>[^;]*?) (?:is|are) never applied")
_VALUE = re.compile(r"`(?P<code>[^`]*)`|(?P<number>\d[\d.e+-]*)")
_RATES = re.compile(r"the learning rates?")


def _is_python(case: Case) -> bool:
    try:
        ast.parse(case.path.read_bytes())
    except SyntaxError:
        return False
    return True


FILES = [case for case in cases() if not case.is_repository and case.path.suffix == ".py" and _is_python(case)]


@for_each(FILES, lambda case: case.name)
def test_what_is_applied_is_not_called_lost(case: Case) -> None:
    for diagnostic, lost, before in _lost(case):
        assert _values(lost), diagnostic.message
        assert not _values(before) & _values(lost), diagnostic.message
        given = _given(case.path.read_bytes().decode(), diagnostic)
        decays, *rates = _RATES.split(lost)
        for key, words in (("weight_decay", decays), ("lr", "".join(rates))):
            assert given.get(key) not in _values(words), f"{diagnostic.message} ({diagnostic.range.start.line})"


def test_some_messages_say_what_is_lost() -> None:
    assert sum(len(_lost(case)) for case in FILES) > 50


@pytest.mark.parametrize(
    ("message", "before", "lost"),
    [
        ("`g` is never used: everything decays by 0.01; 0.010 and `wd` are never applied", {0.01}, {0.01, "wd"}),
        ("x: nothing decays (0.0 is `SGD`'s default); the learning rate 1e-3 is never applied", {0.0}, {0.001}),
    ],
)
def test_messages_are_understood(message: str, before: set[object], lost: set[object]) -> None:
    match = _LOST.search(message)
    assert match is not None
    assert before <= _values(match["before"])
    assert _values(match["lost"]) == lost


@cache
def _lost(case: Case) -> list[tuple[Diagnostic, str, str]]:
    """The findings that call settings lost, the words for the settings, and the text before these."""
    found = found_in_text(case.path.read_bytes(), case.path.name)
    said = [(one, _LOST.search(one.message)) for one in found]
    return [(one, match["lost"], match["before"]) for one, match in said if match is not None]


def _values(words: str) -> set[object]:
    """The values in a message: numbers, and quoted code as text."""
    return {_value(match["code"] or match["number"]) for match in _VALUE.finditer(words)}


def _value(code: str) -> object:
    try:
        return float(code)
    except ValueError:
        return code


def _given(text: str, diagnostic: Diagnostic) -> dict[str | None, object]:
    """The keyword arguments of the call at the finding."""
    start = diagnostic.range.start
    calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    here = (call for call in calls if (call.lineno, call.col_offset + 1) == (start.line, start.column))
    return {one.arg: _value(ast.unparse(one.value)) for call in here for one in call.keywords}
