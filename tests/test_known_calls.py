"""The table of calls: each row is parsed, found by its name and interpreted, and gives the result that it states."""

from collections.abc import Iterator
from functools import cache

import pytest
from every import for_each
from known_calls_support import IMPORTS, SETUP, argument_names, callee, name_at, with_argument

from optimlint import Options, check_source
from optimlint.interpret.flows import Flows
from optimlint.interpret.interpreter import Interpreter
from optimlint.interpret.known_calls import MODELS
from optimlint.interpret.values import Element, Entity, Sequence, Stream, Truth, Values
from optimlint.interpret.world import MODULE, World
from optimlint.knowledge import calls, summaries
from optimlint.knowledge.rows import Call
from optimlint.knowledge.summaries import Form, WrongRow, find_alike, find_call, rows, summary
from optimlint.syntax.parse import parse
from optimlint.text import Unparseable

ROWS = rows()
FLOWS = [row for row in ROWS if not row.model]
"""The rows without a model."""


def _by_match(row: Call) -> str:
    return row.match


@for_each(ROWS, _by_match)
def test_every_text_of_a_row_can_be_read(row: Call) -> None:
    read = summary(row)
    assert not row.model or row.model in MODELS
    assert read.model or read.returns != summaries.Result() or row.reads, "it says nothing"
    if read.returns.form is Form.STREAM:
        assert row.match.startswith("torch.nn.Module.")


@pytest.mark.parametrize(
    "row",
    [
        Call("mylib.wrap", "value Argument"),
        Call("mylib.wrap", "value Argument[0].Elements"),
        Call("mylib.wrap", "value Argument[0].Element.Element.Element.Element"),
        Call("mylib.wrap", "value Argument[first one]"),
        Call("mylib.wrap", "new heap of Argument[0]"),
        Call("mylib.wrap", "again Argument[0]"),
        Call("mylib.wrap", escapes="Argument[0] and Argument[1]"),
    ],
    ids=lambda row: row.returns or row.escapes,
)
def test_what_cannot_be_read_is_an_error(row: Call) -> None:
    with pytest.raises(WrongRow, match=r"mylib\.wrap"):
        summary(row)


def test_the_table_is_sorted_and_names_each_call_once() -> None:
    names = [row.match for row in ROWS]
    assert names == sorted(set(names))


def test_every_model_is_in_the_table() -> None:
    assert {row.model for row in ROWS if row.model} == MODELS.keys()


@for_each(ROWS, _by_match)
def test_no_row_shadows_another(row: Call) -> None:
    if row.match.startswith("*."):
        assert find_alike(callee(row)) is summary(row)
    else:
        assert find_call(row.match) is summary(row)
        assert row.match.rpartition(".")[2] == callee(row)


def test_the_table_is_not_read_before_a_call_is_looked_up() -> None:
    assert "calls" not in vars(summaries)


@for_each(ROWS, _by_match)
def test_what_an_example_returns(row: Call) -> None:
    known, flows = _read(row)
    result = known["result"]
    returns = summary(row).returns
    at = [known[name] for path in returns.paths for name in name_at(row, path)]
    match returns.form:
        case Form.VALUE if returns.paths[0].depth:
            assert result and all(isinstance(one, Element) for one in result)
        case Form.VALUE | Form.MODEL:
            assert [*result] == [one for values in at for one in values]
        case Form.EACH if len(at) == 1:
            assert result == at[0]
        case Form.EACH | Form.TUPLE:
            assert [item.values for item in _only_sequence(result).items.values()] == at
        case Form.NEW:
            made = _only_sequence(result)
            assert made.kind.value == returns.kind
            assert [item.values for item in made.items.values() if item.is_spread] == at
        case Form.STREAM:
            (stream,) = result
            assert isinstance(stream, Stream) and stream.what.value == returns.kind
            assert [part.owner for part in stream.parts] == [one for values in at for one in values]
        case Form.MADE_OF:
            (entity,) = result
            assert isinstance(entity, Entity) and {*flows.sources(entity)} == {one for values in at for one in values}
        case Form.NOTHING_KNOWN | Form.NEVER:
            (entity,) = result
            assert isinstance(entity, Entity) and not [*flows.sources(entity)]
        case Form.UNKNOWN if not row.model:
            (unknown,) = result
            assert isinstance(unknown, Entity | Truth)


ARGUMENTS = [(row, place) for row in FLOWS for place in argument_names(row)]


@for_each(ARGUMENTS, lambda argument: f"{argument[0].match} {argument[1]}")
def test_groups_that_do_not_escape_are_never_used(argument: tuple[Call, int | str]) -> None:
    """Values that a call displays, reads or returns are not used by it."""
    row, place = argument
    lines = [*IMPORTS.splitlines(), "def main(model, optimizer):"]
    lines += ["    groups = [{'params': model.body.parameters(), 'lr': 0.1}, {'params': model.parameters(), 'lr': 1}]"]
    lines += [f"    kept = {with_argument(row, place, 'groups')}", "    return model"]
    found = _rules("\n".join(lines)) & {"unused-param-groups"}
    escapes = any(path.is_every or place in (path.position, path.name) for path in summary(row).escapes)
    assert found == (set() if escapes else {"unused-param-groups"})


GIVEN_BACK = """
import mylib
import torch

def main(model):
    engine = mylib.Engine()
    groups = [
        {"params": model.body.parameters(), "lr": 0.1},
        {"params": model.head.parameters(), "weigth_decay": 0.0},
    ]
    return torch.optim.SGD(engine.adopt(groups), lr=0.1)
"""

KEPT = """
import mylib

def main(model):
    groups = [
        {"params": model.body.parameters(), "lr": 0.1},
        {"params": model.head.parameters(), "lr": 1.0},
    ]
    mylib.print_later(groups)
    return model
"""


def test_one_line_of_data_brings_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "ignored-group-key" not in _rules(GIVEN_BACK)
    _teach(monkeypatch, Call("mylib.Engine.adopt", "value Argument[0]", example="engine.adopt(groups)"))
    assert "ignored-group-key" in _rules(GIVEN_BACK)


def test_one_line_of_data_takes_a_finding_away(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _rules(KEPT) == {"unused-param-groups"}
    _teach(monkeypatch, Call("mylib.print_later", escapes="Argument[*]", example="print_later(groups)"))
    assert _rules(KEPT) == set()


def _rules(text: str) -> set[str]:
    return {one.rule for one in check_source(text, "train.py")}


def _teach(monkeypatch: pytest.MonkeyPatch, row: Call) -> None:
    monkeypatch.setattr(summaries, "CALLS", (*calls.CALLS, row))
    _forget()


@pytest.fixture(autouse=True)
def _the_table_as_it_is() -> Iterator[None]:
    yield
    _forget()


def _forget() -> None:
    for kept in (summaries._by_name, summaries._by_last_part, summaries._patterns, summaries._some_pattern, find_alike):
        kept.cache_clear()


@cache
def _read(row: Call) -> tuple[dict[str, Values], Flows]:
    """The values of an example's names after it, including `result`, and the flows."""
    text = IMPORTS + SETUP + f"for param in other.parameters():\n    result = {row.example}\n"
    parsed = parse(text)
    assert not isinstance(parsed, Unparseable)
    world = World(parsed.layout, Options())
    world.count_mentions(text)
    Interpreter(world).read_module(parsed.module)
    found = {name: values for (scope, name), values in world.bound.items() if scope == MODULE}
    return {**{name: (entity,) for name, entity in world.unbound.items()}, **found}, world.flows


def _only_sequence(values: Values) -> Sequence:
    (made,) = values
    assert isinstance(made, Sequence)
    return made
