"""The classes of the models whose parameters a source reads, and which of its models may be the same object."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from optimlint.facts.models import Argument, ModelClass
from optimlint.facts.names import Model
from optimlint.interpret.classes.model_classes import ClassCode, is_model_class, summarize_class
from optimlint.interpret.frame import OtherFiles
from optimlint.interpret.origins import arguments_of, is_foreign, made_by, makers_of
from optimlint.interpret.values import ClassValue, Entity
from optimlint.interpret.world import World
from optimlint.knowledge.norm_names import family_of
from optimlint.syntax import tree

_Key = tuple[int, tuple[str, ...]]


@dataclass(slots=True)
class ClassView:
    """The known classes: those of the source, and those of other files, found by following imports."""

    world: World
    others: OtherFiles
    summaries: dict[tree.ClassDef, ModelClass] = field(default_factory=dict)
    by_name: dict[tuple[str, str], tree.ClassDef] = field(default_factory=dict)

    def find(self, within: tree.ClassDef, name: str) -> tree.ClassDef | None:
        """The class that a name refers to in the module of class `within`; None if it is unknown."""
        around = self.world.classes.get(within)
        if around is None:
            return None
        module = around.scope.module
        if (module, name) not in self.by_name:
            self.by_name.update(
                ((one.scope.module, one.node.name.value), one.node) for one in self.world.classes.values()
            )
        if (module, name) not in self.by_name and (found := self.others.class_named(around, name)) is not None:
            self.by_name[module, name] = found.node
        return self.by_name.get((module, name))

    def summary(self, node: tree.ClassDef) -> ModelClass | None:
        """The summary of a model class; None for any other class."""
        if not is_model_class(node, self.find):
            return None
        if node not in self.summaries:
            self.summaries[node] = summarize_class(node, self._code)
        return self.summaries[node]

    @property
    def _code(self) -> ClassCode:
        layout = self.world.layout
        return ClassCode(self.find, layout.range, layout.text, self._checkpoint)

    def _checkpoint(self, call: tree.Call) -> str:
        made = self.world.known(call, "entity", ())
        return made.architecture if isinstance(made, Entity) else ""

    def at(self, path: str, name: str) -> ModelClass | None:
        """The summary of the model class with that name in a file; None if there is no such class or it is unknown."""
        found = self.others.class_at(path, name)
        return None if found is None else self.summary(found.node)


def model_class_facts(
    view: ClassView, owners: list[Entity], model_of: Callable[[Entity], Model]
) -> tuple[tuple[int, ModelClass], ...]:
    """The classes of the models whose parameters are read. An identity with several classes is an instance of one of
    them; without any, its class is unknown."""
    described: dict[int, list[ModelClass]] = {}
    for entity in owners:
        current: Entity | None = entity.representative()
        while current is not None:
            model = model_of(current)
            if not model.path and model.identity not in described:
                described[model.identity] = _descriptions(view, current)
            current = current.parent.representative() if current.parent is not None else None
    return tuple((identity, one) for identity, found in described.items() for one in found)


def argument_facts(
    owners: list[Entity], known: frozenset[int], model_of: Callable[[Entity], Model]
) -> tuple[tuple[int, Argument], ...]:
    """The function parameters through which models of unknown class are passed. Callers in other files may reveal the
    class."""
    found: dict[int, list[Argument]] = {}
    for entity in owners:
        current: Entity | None = entity.representative()
        while current is not None:
            model = model_of(current)
            if not model.path and model.identity not in known and model.identity not in found:
                found[model.identity] = arguments_of(current)
            current = current.parent.representative() if current.parent is not None else None
    return tuple((identity, one) for identity, each in found.items() for one in each)


def _descriptions(view: ClassView, entity: Entity) -> list[ModelClass]:
    """The classes that an entity may be an instance of; empty if one of them is unknown."""
    found: list[ModelClass] = []
    for made in made_by(entity) or ():
        for maker in makers_of(made):
            described = _describe(view, made, maker)
            if described is None:
                return []
            found.append(described)
    return list(dict.fromkeys(found))


def _describe(view: ClassView, made: Entity, maker: Entity | ClassValue) -> ModelClass | None:
    match maker:
        case ClassValue(node=node):
            return view.summary(node)
        case Entity(qualified_name=str(name)) if name.startswith("transformers.") or family_of(made.architecture):
            kind = name.rpartition(".")[2]
            return ModelClass(kind, (), False, made.architecture, name.startswith("transformers."))
        case Entity(qualified_name=str()) if is_foreign(maker):
            found = view.others.classes(maker)
            return view.summary(found[0].node) if len(found) == 1 else None
        case _:
            return None


def aliases(
    world: World, identities: frozenset[int], model_of: Callable[[Entity], Model]
) -> tuple[frozenset[Model], ...]:
    """Sets of models that may be the same object, such as a caller's argument and the callee's parameter. Only sets
    that contain one of the identities are returned, each once."""
    sets: dict[_Key, dict[_Key, Model]] = {}
    made = (one for one in world.made.values() if isinstance(one, Entity))
    for entity in _with_attributes((*made, *world.choices.values())):
        for source in (*entity.sources, *entity.alternatives):
            first, second = model_of(entity), model_of(source)
            one, other = (sets.setdefault(_key(model), {_key(model): model}) for model in (first, second))
            if one is other:
                continue
            small, large = sorted((one, other), key=len)
            large.update(small)
            sets.update(dict.fromkeys(small, large))
    found = {next(iter(one)): one for one in sets.values() if any(identity in identities for identity, _ in one)}
    return tuple(frozenset(one.values()) for one in found.values())


def _with_attributes(entities: Iterable[Entity]) -> Iterator[Entity]:
    """The representatives of the entities and of all their known attributes, recursively, each once."""
    pending, seen = [entity.representative() for entity in entities], set[Entity]()
    while pending:
        entity = pending.pop()
        if entity not in seen:
            seen.add(entity)
            yield entity
            pending += [child.representative() for child in entity.children.values()]


def _key(model: Model) -> _Key:
    return model.identity, model.path
