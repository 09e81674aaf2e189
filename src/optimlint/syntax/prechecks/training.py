"""Pre-check on Python's AST: may training code act in the wrong order, or omit an act? Goes by the names of calls, and
saves usual training loops the full parse.

A call of a name counts as a call of every function of that name in the source, and their acts count at the call.
"""

import ast
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from optimlint.knowledge.training import is_library
from optimlint.syntax.prechecks.python_tree import children, walk

_Place = tuple[int, int]
_NAMES = (ast.Name, ast.Attribute)
_END = (1 << 30, 0)
_CLIPS = frozenset(("clip_grad_norm_", "clip_grad_value_", "clip_grad_norm", "clamp_", "clip_"))
_KINDS = {
    "backward": "backward",
    "eval": "eval",
    "train": "train",
    "step": "step",
    "zero_grad": "zero",
    **dict.fromkeys(_CLIPS, "clip"),
}
_LED = re.compile(r"train|fit", re.IGNORECASE)
_TESTED = re.compile(r"eval|valid|test", re.IGNORECASE)
_NO_OPTIMIZER = re.compile(r"sched|scaler|warm|prof", re.IGNORECASE)
_MOST_LOOPS = 400


@dataclass(frozen=True, slots=True)
class _Event:
    """A call that acts on `receiver` (as written), or a call of a function by name."""

    place: _Place
    kind: str
    receiver: str
    is_argument: bool = False
    """Whether the receiver is a parameter of the enclosing function, so that callers may pass anything."""
    function: str = ""
    """The enclosing function."""
    given: tuple[tuple[str, str], ...] = ()
    """What a call gives: keywords, "" without one, and the code of names."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The extent of a loop, a function or a branch arm."""

    start: _Place
    end: _Place


@dataclass(slots=True)
class _Source:
    """All events of a source in order, with the extents of its loops, functions and arms."""

    events: list[_Event] = field(default_factory=list)
    places: list[_Place] = field(default_factory=list)
    loops: list[_Stretch] = field(default_factory=list)
    functions: dict[str, list[_Stretch]] = field(default_factory=dict)
    parameters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The parameters of the functions of a name, without `self`."""
    periodic: list[_Stretch] = field(default_factory=list)
    """Statements whose test is on a counter modulo something."""
    blocks: list[list[_Stretch]] = field(default_factory=list)
    """The statements of each block in which gradients are zeroed."""
    known: dict[str, tuple[_Event, ...]] = field(default_factory=dict)
    """Cache: the events of the functions of a name, including their callees."""

    def within(self, stretch: _Stretch) -> list[_Event]:
        """The events that lie directly in a stretch."""
        return self.events[bisect_left(self.places, stretch.start) : bisect_left(self.places, stretch.end)]

    def done_in(self, stretch: _Stretch) -> list[_Event]:
        """The events in a stretch and in the functions that it mentions."""
        found = self.within(stretch)
        names = dict.fromkeys(event.receiver for event in found if event.kind == "name")
        return [*found, *(one for name in names for one in self._done_by(name))]

    def meant(self, event: _Event, events: list[_Event]) -> set[str]:
        """What the receiver of an event may be: what the calls among the events give for a parameter."""
        parameters = self.parameters.get(event.function, ())
        if not event.is_argument or event.receiver not in parameters:
            return {event.receiver}
        place = parameters.index(event.receiver)
        found = set[str]()
        for call in events:
            if call.kind == "call" and call.receiver == event.function:
                named = [name for keyword, name in call.given if keyword == event.receiver]
                by_position = [name for keyword, name in call.given if not keyword]
                found.update(named or by_position[place : place + 1])
        return found or {event.receiver}

    def _done_by(self, name: str) -> tuple[_Event, ...]:
        if name in self.known:
            return self.known[name]
        self.known[name] = ()  # Ends recursion: a recursive call adds no new kind of event.
        found: dict[_Event, None] = {}
        for stretch in self.functions.get(name, ()):
            for one in self.done_in(stretch):
                if one.kind != "name":
                    found.setdefault(replace(one, place=_END))
        self.known[name] = tuple(found)
        return self.known[name]


def may_train_wrong(module: ast.Module, text: str) -> bool:
    """Whether a training rule could find something in a source that trains."""
    source = _read(module)
    if len(source.loops) > _MOST_LOOPS:
        return True
    loops = [source.done_in(loop) for loop in source.loops]
    if any(_may_stay_in_eval(source, events) or _may_not_be_zeroed(events) for events in loops):
        return True
    return _may_be_discarded(source) or _may_clip_wrong(source, text)


def _may_stay_in_eval(source: _Source, events: list[_Event]) -> bool:
    """Whether a loop trains and evaluates, and does not certainly switch back to training mode."""
    evaluated = [one for one in events if one.kind == "eval"]
    trained = {one.receiver for one in events if one.kind == "train"}
    if not trained and {one.receiver for one in events if one.kind == "led"} & {
        one.receiver for one in events if one.kind == "tested"
    }:
        return True  # Functions of other files train and evaluate the model.
    if not any(one.kind == "backward" for one in events):
        return False
    called = {one.receiver for one in events if one.kind == "name"}
    if not trained and any(one.kind == "foreign" and one.receiver in called for one in events):
        return True  # A function of another file may put the model that it is given in evaluation mode.
    trained.update(name for one in events if one.kind == "train" for name in source.meant(one, events))
    return any(one.receiver not in trained and trained.isdisjoint(source.meant(one, events)) for one in evaluated)


def _may_not_be_zeroed(events: list[_Event]) -> bool:
    """Whether a loop steps more optimizers than it zeroes gradients of."""
    steps = {one.receiver for one in events if one.kind == "step" and not _NO_OPTIMIZER.search(one.receiver)}
    zeroed = {one.receiver for one in events if one.kind == "zero"}
    return len(zeroed) < len(steps) and any(one.kind == "backward" for one in events)


def _may_be_discarded(source: _Source) -> bool:
    """Whether gradients are zeroed outside the counter test that guards the step, or between the backward pass and the
    step of one block."""
    for arm in source.periodic:
        if any(one.kind == "step" for one in source.done_in(arm)):
            around = [loop for loop in source.loops if loop.start < arm.start and arm.end <= loop.end]
            inside = len([one for one in source.done_in(arm) if one.kind == "zero"])
            if any(len([one for one in source.done_in(loop) if one.kind == "zero"]) > inside for loop in around):
                return True
    for block in source.blocks:
        kinds = [{one.kind for one in source.within(statement)} for statement in block]
        for number, found in enumerate(kinds):
            above = set[str]().union(*kinds[:number])
            below = set[str]().union(*kinds[number + 1 :])
            if "zero" in found and "backward" in above and "step" in below:
                return True
    return False


def _may_clip_wrong(source: _Source, text: str) -> bool:
    """Whether gradients are clipped elsewhere than between backward pass and step, or may be scaled."""
    if not any(one.kind == "clip" for one in source.events):
        return False
    if ".scale(" in text:
        return True
    bounds = [_Stretch((0, 0), _END), *(one for each in source.functions.values() for one in each)]
    starts = sorted(one.start for one in bounds)
    for first, last in pairwise([*starts, _END]):
        kinds = [
            one.kind for one in source.within(_Stretch(first, last)) if one.kind in ("backward", "step", "zero", "clip")
        ]
        for number, kind in enumerate(kinds):
            if kind == "clip":
                before = next((one for one in reversed(kinds[:number]) if one != "clip"), None)
                after = next((one for one in kinds[number + 1 :] if one != "clip"), None)
                if before != "backward" or after != "step":
                    return True
    return False


def _read(module: ast.Module) -> _Source:
    source = _Source()
    foreign = _imported(module)
    made = _made_by(module, foreign)
    pending: list[tuple[ast.AST, frozenset[str], str]] = [(module, frozenset(), "")]
    while pending:
        node, arguments, function = pending.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                arguments |= _arguments(node.args)
                function = node.name
                source.parameters[function] = _parameters(node.args)
                source.functions.setdefault(node.name, []).append(_stretch(node))
            case ast.For() | ast.AsyncFor() | ast.While():
                source.loops.append(_stretch(node))
            case ast.If(test=test) if any(
                isinstance(one, ast.BinOp) and isinstance(one.op, ast.Mod) for one in walk(test)
            ):
                source.periodic.append(_stretch(node))
            case ast.Call():
                source.events.extend(_events(node, arguments, function, foreign, made))
            case ast.Name(id=name) | ast.Attribute(attr=name):
                if name == "grad":
                    source.events.append(_Event(_place(node), "zero", "grad"))
            case _:
                pass
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if type(block) is list and any(_zeroes(one) for one in block):
                source.blocks.append([_stretch(one) for one in block])
        pending += [(one, arguments, function) for one in children(node)]
    source.events.sort(key=lambda one: one.place)
    source.places = [one.place for one in source.events]
    return source


def _imported(module: ast.Module) -> frozenset[str]:
    """The names that are imported from modules that may belong to the repository."""
    found: set[str] = set()
    for node in walk(module):
        match node:
            case ast.ImportFrom(module=name, names=aliases, level=level):
                if level or not is_library(name or ""):
                    found.update(alias.asname or alias.name for alias in aliases)
            case ast.Import(names=aliases):
                names = [alias.asname or alias.name.split(".")[0] for alias in aliases if not is_library(alias.name)]
                found.update(names)
            case _:
                continue
    return frozenset(found)


def _made_by(module: ast.Module, foreign: frozenset[str]) -> frozenset[str]:
    """The names bound to results of calls of such names."""
    found: set[str] = set()
    for node in walk(module):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func)) if _root(func) in foreign:
                found.add(name)
            case _:
                continue
    return frozenset(found)


def _root(node: ast.expr) -> str:
    """The first part of a dotted name, "" for other expressions."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _parameters(arguments: ast.arguments) -> tuple[str, ...]:
    return tuple(one.arg for one in (*arguments.posonlyargs, *arguments.args) if one.arg not in ("self", "cls"))


def _arguments(arguments: ast.arguments) -> frozenset[str]:
    return frozenset(
        one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs) if one.arg != "self"
    )


def _stretch(node: ast.AST) -> _Stretch:
    start, end = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
    return _Stretch((start, getattr(node, "col_offset", 0)), (end, getattr(node, "end_col_offset", 0)))


def _place(node: ast.expr) -> _Place:
    """Where an expression ends. The end is used so that a call's arguments come before the call."""
    return node.end_lineno or node.lineno, (node.end_col_offset or 1) - 1


def _events(
    node: ast.Call, arguments: frozenset[str], function: str, foreign: frozenset[str], made: frozenset[str]
) -> Iterator[_Event]:
    """The events of a call, including the functions that it mentions."""
    place = _place(node)
    root = _root(node.func)
    if root in foreign or root in made:
        last = node.func.attr if isinstance(node.func, ast.Attribute) else root
        kinds = [kind for kind, words in (("led", _LED), ("tested", _TESTED)) if words.search(last)]
        values = (*node.args, *(one.value for one in node.keywords))
        names = [one.id if isinstance(one, ast.Name) else one.attr for one in values if isinstance(one, _NAMES)]
        if root in foreign:
            yield from (_Event(place, "foreign", name) for name in names)
        yield from (_Event(place, kind, name) for kind in kinds for name in (*names, root))
    for given in node.args:
        if isinstance(given, ast.Name):
            yield _Event(place, "name", given.id)
    match node.func:
        case ast.Attribute(value=owner, attr=name):
            kind = _KINDS.get(name)
            if kind == "train" and any(isinstance(one, ast.Constant) and not one.value for one in node.args):
                kind = "eval"
            if kind == "train" and not _is_mode(node):
                kind = None
            if kind == "step" and node.args and isinstance(node.args[0], ast.Name | ast.Attribute):
                owner = node.args[0]
            if kind is not None:
                receiver = ast.unparse(owner) if isinstance(owner, ast.Name | ast.Attribute | ast.Subscript) else "?"
                yield _Event(place, kind, receiver, receiver in arguments, function)
            yield _Event(place, "name", name)
            yield _Event(place, "call", name, given=_given(node))
        case ast.Name(id=name):
            if name in _KINDS and name != "train" and name != "eval":
                yield _Event(place, _KINDS[name], "?")
            yield _Event(place, "name", name)
            yield _Event(place, "call", name, given=_given(node))


def _given(node: ast.Call) -> tuple[tuple[str, str], ...]:
    """What a call gives, as far as it has names."""
    pairs = [("", one) for one in node.args] + [(one.arg or "**", one.value) for one in node.keywords]
    return tuple((keyword, ast.unparse(one) if isinstance(one, _NAMES) else "") for keyword, one in pairs)


def _is_mode(node: ast.Call) -> bool:
    """Whether a call of `train` can be that of `nn.Module`: it has at most one argument."""
    return len(node.args) + len(node.keywords) <= 1


def _zeroes(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="zero_grad"))):
            return True
        case _:
            return False
