"""Reads of one-shot iterators: find the first one, and later ones that find the iterator empty."""

from collections.abc import Iterable

from optimlint.interpret.drafts import ExhaustedDraft
from optimlint.interpret.frame import Frame
from optimlint.interpret.kinds import LAZY
from optimlint.interpret.state import Counted, State
from optimlint.interpret.values import Mapping, Sequence, Stream, Values, contents
from optimlint.knowledge.summaries import only_shows
from optimlint.knowledge.words import FILLING
from optimlint.syntax import tree
from optimlint.syntax.tree import walk

_GATHERING = frozenset((*FILLING, "add_param_group"))
"""Methods by which a loop collects what it reads."""


def read_stream(
    frame: Frame, state: State, node: tree.Node | None, values: Values, *, is_count: bool = False, acts: bool = False
) -> None:
    """Record that a one-shot iterator is read here, and whether some path has read it before.

    `acts` means that the code does more with parameters than collect them for groups and optimizers.
    """
    is_count = is_count or frame.is_counting
    for value in _one_shots(frame, node, values):
        first = _first_reading(frame, state, node, value)
        if frame.scope.name.endswith("__init__") and node is not None:
            frame.world.initial_reads.setdefault(value, node)
        if first is None and node is not None:
            state.read[value] = node
            frame.world.read_at[node] = (state.branch, state.region)
        else:
            _note_repeated(frame, state, node, value, is_count=is_count, acts=acts)


def find_emptied(frame: Frame, state: State, node: tree.Node | None, values: Values) -> None:
    """Record iterators that are put in a group and read when an optimizer takes the group. They are empty then if some
    path has already read them."""
    for value in _one_shots(frame, node, values):
        _note_repeated(frame, state, node, value)


def note_handed_on(frame: Frame, state: State, arguments: Iterable[Values]) -> None:
    """Record that a call passes iterators and lists to code that cannot be followed."""
    for values in arguments:
        note_awaited(frame, state, values)
        for value in values:
            # A group that comes from a list has the list as its source.
            for one in (value, *(frame.world.flows.sources(value) if isinstance(value, Mapping) else ())):
                if isinstance(one, Sequence):
                    one.is_handed_on = True


def note_awaited(frame: Frame, state: State, values: Values) -> None:
    """Record iterators that are already empty where something unknown expects their elements."""
    frame.world.awaited.update(value for value in values if value in state.read)


def takes_ids(node: tree.Call) -> bool:
    """Whether a call is `map(id, params)`, which identifies parameters and has no effect on them."""
    match node:
        case tree.Call(func=tree.Name(value="map"), args=[tree.Arg(value=tree.Name(value="id")), *_]):
            return True
        case _:
            return False


def only_gathers(body: tree.Suite) -> bool:
    """Whether a loop only puts what it reads in lists, dicts and sets, or displays it."""
    for node in walk(body):
        match node:
            case tree.Expr(value=tree.Call(func=tree.Attribute(attr=tree.Name(value=name)) | tree.Name(value=name))):
                if name not in _GATHERING and not only_shows(name):
                    return False
            case tree.AugAssign() | tree.Assign(targets=[tree.AssignTarget(target=tree.Attribute())]):
                return False
            case _:
                continue
    return True


def is_computed(node: tree.Expression) -> bool:
    """Whether a comprehension computes something from its elements, rather than only selects among them."""
    return any(isinstance(part, tree.Call) for part in walk(node))


def was_read(state: State, values: Values) -> bool:
    """Whether some path has read one of the iterators before."""
    return any(value in state.read for value in values)


def _one_shots(frame: Frame, node: tree.Node | None, values: Values) -> list[Stream | Sequence]:
    """The iterators that a name or attribute may hold. Empty for other expressions: they create the iterator, so
    nothing else reads it."""
    if not isinstance(node, tree.Name | tree.Attribute):
        return []
    return [value for value in values if isinstance(value, Stream | Sequence) and _is_one_shot(frame, value)]


def _is_one_shot(frame: Frame, value: Stream | Sequence) -> bool:
    if isinstance(value, Stream):
        return value.is_one_shot
    if value.kind not in LAZY:
        return False
    return any(isinstance(one, Stream) for one in (*frame.world.flows.sources(value), *contents(value)))


def _first_reading(frame: Frame, state: State, node: tree.Node | None, value: Stream | Sequence) -> tree.Node | None:
    """The node where some path has already read the iterator; None if there is none. For an attribute, a read in
    `__init__` counts too."""
    first = state.read.get(value)
    if first is None and isinstance(node, tree.Attribute) and not frame.scope.name.endswith("__init__"):
        return frame.world.initial_reads.get(value)
    return first


def note_partial(frame: Frame, node: tree.Node) -> None:
    """Record that the read of an iterator at `node` may leave some elements, or happen later."""
    frame.world.read_at.pop(node, None)


def _is_on_every_path(frame: Frame, state: State, first: tree.Node) -> bool:
    """Whether the first read happens on all paths to this place."""
    known = frame.world.read_at.get(first)
    if known is None:
        return False
    branch, region = known
    return branch.encloses(state.branch) and region == state.region[: len(region)]


def _note_repeated(
    frame: Frame,
    state: State,
    node: tree.Node | None,
    value: Stream | Sequence,
    *,
    is_count: bool = False,
    acts: bool = False,
) -> None:
    """Record a read of an empty iterator. A read that only counts elements is reported only if another one follows
    it."""
    world = frame.world
    first = _first_reading(frame, state, node, value)
    if node is None or first is None or first is node or frame.is_repeated:
        return
    if is_count:
        state.read.setdefault(Counted(value), node)
        return
    if acts:
        world.awaited.add(value)
    world.emptied.add(node)
    if _is_on_every_path(frame, state, first):
        world.emptied_surely.add(node)
    at = state.read.get(Counted(value), node)
    world.exhausted.setdefault(value, ExhaustedDraft(value, world.layout.text(at), at, first, frame.scope))
