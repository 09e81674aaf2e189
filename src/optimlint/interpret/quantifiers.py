"""`any(nd in n for nd in no_decay)` and `all(…)`: one test per fragment, combined into a condition."""

from optimlint.facts.conditions import (
    NEVER,
    Always,
    Condition,
    both,
    either,
)
from optimlint.interpret.assignments import assign_to
from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.filter_notes import note_quantifier
from optimlint.interpret.frame import Frame
from optimlint.interpret.iteration import iterate
from optimlint.interpret.making import condition_of, truth
from optimlint.interpret.models.collections import derived
from optimlint.interpret.models.contents import held_by
from optimlint.interpret.name_tests import MOST_FRAGMENTS, by_default, unknown_truth
from optimlint.interpret.state import State
from optimlint.interpret.values import (
    Constant,
    Sequence,
    Stream,
    Truth,
    Values,
    union,
)
from optimlint.syntax import tree


def evaluate_quantifier(frame: Frame, state: State, node: tree.Call, name: str) -> Values:
    """`any(nd in n for nd in no_decay)`, `all(nd not in n for nd in no_decay)`, `any(["bias" in n, p.ndim < 2])`."""
    argument = node.args[0].value
    if isinstance(argument, tree.GeneratorExp | tree.ListComp | tree.SetComp) and argument.for_in.inner_for_in is None:
        return _quantified(frame, state, node, name, argument)
    values = evaluate(frame, state, argument)
    if len(values) == 1 and isinstance(values[0], Sequence):
        held = [one for one, _ in held_by(values[0])]
        if held and all(len(one) == 1 and isinstance(one[0], Truth) for one in held):
            conditions = [condition_of(frame, one, node) for one in held]
            return truth(frame, node, _joined(name, conditions), values)
    if state.in_parameter_loop or any(isinstance(value, Stream) for value in values):
        return unknown_truth(frame, state, node, values)
    return derived(frame, node, values)


def _joined(name: str, conditions: list[Condition]) -> Condition:
    if name == "any":
        return either(tuple(conditions)) if conditions else NEVER
    joined: Condition = Always()
    for condition in conditions:
        joined = both(joined, condition)
    return joined


def _quantified(
    frame: Frame, state: State, node: tree.Call, name: str, generator: tree.GeneratorExp | tree.ListComp | tree.SetComp
) -> Values:

    iterated = evaluate(frame, state, generator.for_in.iter)
    fragments = _fragments(iterated)
    inner = state.copy()
    hidden = frame.nested(node)
    if fragments is None:
        assign_to(
            hidden, inner, generator.for_in.target, iterate(frame, inner, generator.for_in.iter, iterated), node, None
        )
        values = evaluate(frame, inner, generator.elt)
        for test in generator.for_in.ifs:
            values = union(values, evaluate(frame, inner, test.test))
        if any(isinstance(value, Truth) for value in values) or state.in_parameter_loop:
            return unknown_truth(frame, state, node, (*iterated, *values))
        return derived(frame, node, (*iterated, *values))
    conditions: list[Condition] = []
    values = ()
    for fragment in fragments:
        assign_to(hidden, inner, generator.for_in.target, (fragment,), node, None)
        values = evaluate(frame, inner, generator.elt)
        condition = condition_of(frame, values, generator.elt)
        for test in generator.for_in.ifs:
            condition = both(condition, condition_of(frame, evaluate(frame, inner, test.test), test.test))
        conditions.append(condition)
    note_quantifier(frame, inner, node, generator, iterated)
    return truth(frame, node, _joined(name, conditions), (*iterated, *values))


def _fragments(values: Values) -> list[Constant] | None:
    """The strings that a collection yields; a string yields its characters. None if they are not all known."""
    texts: list[Constant] = []
    for value in by_default(values):
        match value:
            case Constant(value=str(text)):
                texts.extend(Constant(character, value.node) for character in dict.fromkeys(text))
            case Sequence(is_open=False, is_mapping=False):
                for held, _ in held_by(value):
                    if len(held) != 1 or not isinstance(held[0], Constant) or not isinstance(held[0].value, str):
                        return None
                    texts.append(held[0])
            case _:
                return None
    return texts if 0 < len(texts) <= MOST_FRAGMENTS else None
