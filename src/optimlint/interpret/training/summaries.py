"""Convert notes to summaries: what each function, and the code outside of functions, does in training, in order."""

from collections.abc import Iterator
from dataclasses import replace

from optimlint.analysis.training.replay import routines
from optimlint.facts.names import Scope
from optimlint.facts.training import (
    Act,
    Callee,
    Event,
    Holder,
    Loop,
    Routine,
    Statement,
    Subject,
    Summary,
    Trait,
    Turn,
    TurnKind,
)
from optimlint.interpret import branches
from optimlint.interpret.drafts import CallDraft
from optimlint.interpret.models.contents import parts_of
from optimlint.interpret.training.counters import asks_for_one_round, periodic_arm
from optimlint.interpret.training.identities import identity_of, optimizer_identity, same_objects
from optimlint.interpret.training.notes import Given, Note, Notes
from optimlint.interpret.training.plain import is_plain
from optimlint.interpret.values import (
    Element,
    Entity,
    Mapping,
    OptimizerValue,
    Sequence,
    Stream,
    Value,
    Values,
    contents,
)
from optimlint.interpret.world import World
from optimlint.syntax import tree

_DEEPEST_PATH = 30
_MOST_SUBJECTS = 12
_LONGEST_TEXT = 60


def training_facts(world: World) -> tuple[Routine, ...]:
    """What each function of a source, and the code outside of functions, does in training. Empty if the source trains
    nothing."""
    notes = world.training
    if not notes.is_on:
        return ()
    summarizer = _Summarizer(world)
    summaries = {scope: summarizer.summary(scope, list(held.values())) for scope, held in notes.routines.items()}
    found = routines(summaries, tuple(summarizer.holders()))
    return tuple(one for one in found if not one.scope.module)  # Other files are checked on their own.


class _Summarizer:
    """Creates the summaries of one source."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._notes: Notes = world.training
        self._made_by = {
            value.number: site.node
            for site, value in world.made.items()
            if site.role == "entity" and isinstance(value, Entity) and isinstance(site.node, tree.Call)
        }
        notes = (note for held in self._notes.routines.values() for note in held.values())
        self._same = same_objects(world, notes)
        self._zeroing = self._zeroing_subjects()

    def _zeroing_subjects(self) -> set[Subject]:
        """The objects whose `zero_grad` is called."""
        return {
            subject
            for held in self._notes.routines.values()
            for note in held.values()
            if note.act is Act.ZERO and Trait.BY_HAND not in note.traits
            for subject in self.subjects(note.values)
        }

    def holders(self) -> Iterator[Holder]:
        """The optimizers that the source constructs, with the models whose parameters each has. If an optimizer has
        several constructions and one of them is unknown, it is omitted."""
        found: dict[Subject, list[Holder | None]] = {}
        for draft in self._world.calls.values():
            optimizer = self._of_optimizer(draft.node)
            found.setdefault(optimizer, []).append(self._holder(optimizer, draft))
        for optimizer, holders in found.items():
            known = [one for one in holders if one is not None]
            if len(known) == len(holders):
                yield Holder(optimizer, tuple(dict.fromkeys(model for one in known for model in one.models)))

    def _holder(self, optimizer: Subject, draft: CallDraft) -> Holder | None:
        parts, is_known = parts_of(draft.values)
        added = [parts_of(item.values) for item in draft.added]
        owners = [part.owner for found, _ in ((parts, is_known), *added) for part in found]
        if not owners or None in owners or not all(known for _, known in added):
            return None
        if any(owner.representative().asks_gradient for owner in owners if owner):
            return None  # Inputs that are searched for, and no model.
        models = dict.fromkeys(one for owner in owners if owner for one in self._of_entity(owner))
        return Holder(optimizer, tuple(models))

    def summary(self, scope: Scope, notes: list[Note]) -> Summary:
        """What one function does, in the order of its code."""
        without_gradient = self._is_without_gradient(scope)
        by_hand = [note.node for note in notes if Trait.BY_HAND in note.traits]
        kept = [note for note in notes if note.act is not Act.READ or not _is_inside(note.node, by_hand)]
        events = [self._event(note, without_gradient) for note in sorted(kept, key=lambda one: one.node.end)]
        around = dict.fromkeys(turn.statement for note in notes for turn in note.branch.turns)
        loops = (self._loop(node) for node in around)
        return Summary(scope, tuple(events), tuple(loop for loop in loops if loop is not None))

    def _is_without_gradient(self, scope: Scope) -> bool:
        for draft in self._world.functions.values():
            if draft.scope == scope:
                codes = [self._world.layout.code(one.decorator) for one in draft.node.decorators]
                return any("no_grad" in code or "inference_mode" in code for code in codes)
        return False

    def _event(self, note: Note, without_gradient: bool) -> Event:
        layout = self._world.layout
        act = note.act
        subjects = self._named(note.values, note.receiver)
        if note.is_guess and not any(one in self._zeroing for one in subjects):
            act = Act.OPAQUE
        traits = note.traits | ({Trait.WITHOUT_GRADIENT} if without_gradient else set())
        return Event(
            act,
            subjects,
            layout.range(note.node),
            note.node.start,
            tuple(_turns(note)),
            note.branch.reach,
            frozenset(traits),
            self.subjects(note.scalers),
            self._statement(note.statement),
            callee=self._callee(note),
        )

    def _callee(self, note: Note) -> Callee | None:
        draft = self._world.functions.get(note.callee.node) if note.callee is not None else None
        if draft is None:
            return None
        return Callee(draft.scope, tuple(pair for given in note.given for pair in self._given(given)))

    def _given(self, given: Given) -> Iterator[tuple[Subject, tuple[Subject, ...]]]:
        values = _called(self.subjects(given.values), given.text)
        for parameter in self.subjects(given.parameter):
            if values and parameter not in values:
                yield parameter, values

    def _loop(self, node: tree.Node) -> Loop | None:
        if not isinstance(node, tree.For | tree.While):
            return None
        first = node.body.body[0] if isinstance(node.body, tree.IndentedBlock) and node.body.body else None
        return Loop(node.start, self._world.layout.range(node), node.start, node.end, self._statement(first))

    def _statement(self, node: tree.Node | None) -> Statement | None:
        if node is None:
            return None
        # The text of a compound statement includes the white space around it.
        layout, text = self._world.layout, self._world.layout.source
        code = layout.text(node)
        start = node.start + len(code) - len(code.lstrip())
        before = text[max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1 : start]
        end = self._line_end(node.start + len(code.rstrip()))
        if end is None or before.strip(" \t"):
            return None
        return Statement(layout.between(start, end), layout.between(end, end), before, text[start:end].rstrip())

    def _line_end(self, offset: int) -> int | None:
        """The end of the line on which a statement ends; None if another statement follows on that line."""
        text = self._world.layout.source
        end = len(text)
        for line_end in "\r\n":
            place = text.find(line_end, offset, end)
            end = place if place != -1 else end
        rest = text[offset:end].strip()
        return end if not rest or rest.startswith("#") else None

    def _named(self, values: Values, receiver: tree.Expression | None) -> tuple[Subject, ...]:
        """The objects, with the code's name for them as text if there is one. Several if branches meet."""
        subjects = self.subjects(values)
        if not isinstance(receiver, tree.Name | tree.Attribute):
            return subjects
        return _called(subjects, self._world.layout.code(receiver))

    def subjects(self, values: Values) -> tuple[Subject, ...]:
        """The objects among the values and their elements."""
        found: dict[Subject, None] = {}
        pending: list[Value] = list(reversed(values))
        seen = set[Value]()
        while pending and len(found) < _MOST_SUBJECTS:
            value = pending.pop()
            if value in seen:
                continue
            seen.add(value)
            match value:
                case Entity() if value.qualified_name is None:
                    found.update(dict.fromkeys(self._of_entity(value)))
                case OptimizerValue(call=call):
                    found.setdefault(self._of_optimizer(call))
                case Stream(parts=parts) | Element(parts=parts):
                    owners = (part.owner for part in parts if part.owner is not None)
                    found.update((one, None) for owner in owners for one in self._of_entity(owner))
                case Sequence() | Mapping():
                    pending.extend(reversed(list(contents(value))))
                case _:
                    continue
        return tuple(found)

    def _of_optimizer(self, call: tree.Call) -> Subject:
        draft = self._world.calls.get(call)
        text = draft.place if draft is not None and draft.place else self._world.layout.code(call.func)
        identity = optimizer_identity(call)
        return Subject(self._same.get(identity, identity), (), text, call.start)

    def _of_entity(self, entity: Entity) -> list[Subject]:
        """The subjects of an entity, identified by root object and attribute path. Several if branches meet."""
        path: list[str] = []
        current = entity.representative()
        while current.parent is not None and not current.alternatives and len(path) < _DEEPEST_PATH:
            path.insert(0, current.attribute)
            current = current.parent.representative()
        if current.groups_of is not None:
            owner = self._of_optimizer(current.groups_of.call)
            return [Subject(owner.identity, ("param_groups", *path), entity.display)]
        roots = [one for each in current.alternatives for one in self._of_entity(each)]
        roots = roots or self._elements(current) or [self._of_root(current)]
        return [replace(one, path=(*one.path, *path), text=entity.display) for one in roots]

    def _elements(self, entity: Entity) -> list[Subject]:
        """The elements of a dict, if the entity is the result of `values()` or `items()`; empty otherwise."""
        call = self._made_by.get(entity.number)
        if call is None or not isinstance(call.func, tree.Attribute) or call.func.attr.value not in ("values", "items"):
            return []
        whole = entity.taken_from[0].representative() if len(entity.taken_from) == 1 else entity
        if whole.alternatives or whole.taken_from or whole is entity:
            return []
        return [replace(one, path=(*one.path, "[each]")) for one in self._of_entity(whole)]

    def _of_root(self, entity: Entity) -> Subject:
        call = self._made_by.get(entity.number)
        plain = is_plain(self._world, entity)
        identity = self._same.get(identity_of(entity), identity_of(entity))
        if call is None:
            return Subject(identity, is_plain=plain)
        is_copy = self._world.layout.code(call.func) in ("copy.deepcopy", "deepcopy")
        return Subject(identity, made_at=call.start, is_copy=is_copy, is_plain=plain)


def _turns(note: Note) -> Iterator[Turn]:
    """The turns that lead to a note, outermost first."""
    counters: set[str] = set()
    for turn in note.branch.turns:
        statement = turn.statement
        if turn.kind is branches.TurnKind.LOOP:
            if isinstance(statement, tree.For):
                counters.update(one.value for one in tree.walk(statement.target) if isinstance(one, tree.Name))
            yield Turn(TurnKind.LOOP, statement.start)
            continue
        test = statement.test if isinstance(statement, tree.If) else None
        is_periodic = test is not None and periodic_arm(test) is turn.kind
        is_once = test is not None and turn.kind is branches.TurnKind.THEN and asks_for_one_round(test, counters)
        yield Turn(TurnKind.ARM, statement.start, turn.kind.value, is_periodic, is_once)


def _called(subjects: tuple[Subject, ...], text: str) -> tuple[Subject, ...]:
    """The objects with this text as their name, unless it is empty or too long."""
    return tuple(replace(one, text=text) for one in subjects) if 0 < len(text) <= _LONGEST_TEXT else subjects


def _is_inside(node: tree.Node, others: list[tree.Node]) -> bool:
    """Whether a node is part of one of the others. Used to ignore the read of a gradient that is part of zeroing it."""
    return any(one.start <= node.start and node.end <= one.end for one in others)
