"""Split a list into universes: one for each model or sub-module that its groups take parameters from, with all filters
expressed relative to it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from optimlint.facts.arms import Reach
from optimlint.facts.conditions import (
    NEVER,
    Always,
    And,
    Condition,
    NameTest,
    NameTestKind,
    Not,
    UnknownTest,
    both,
    either,
    map_tests,
    tests,
)
from optimlint.facts.groups import ParamGroup, Part
from optimlint.facts.names import Model
from optimlint.knowledge.parameter_names import BIAS, WEIGHT

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Universe:
    """The parameters of `base`, and for each group the condition under which a parameter is in it. Conditions test
    names relative to `base`.

    `is_readable` has for each group whether its contents are fully known, and `filters` its filter as the code writes
    it, "" unless there is exactly one. `alternatives` are pairs of groups that are never in the list together.
    `elsewhere` has one condition for each other optimizer, and `frozen` is the condition of frozen parameters.
    `insides` are the tests that mean "belongs to this sub-module", with the sub-module's path.
    """

    base: Model
    groups: tuple[Condition, ...]
    is_readable: tuple[bool, ...]
    filters: tuple[str, ...]
    alternatives: frozenset[tuple[int, int]]
    elsewhere: tuple[Condition, ...]
    insides: tuple[tuple[NameTest, Path], ...]
    frozen: Condition = NEVER


def universes_of(
    groups: tuple[ParamGroup, ...],
    elsewhere: tuple[tuple[ParamGroup, ...], ...] = (),
    own_parameters: frozenset[tuple[int, str]] = frozenset(),
    frozen: tuple[Part, ...] = (),
) -> Iterator[Universe]:
    """The universes of a list, in the order of its groups. `own_parameters` are attributes, with the identity of their
    model, that are bare parameters and not sub-modules."""
    alternatives = _alternatives(groups)
    for base in _bases(groups):
        equal = {test.text for part in _parts_in(base, groups) for test in _equalities(part)}
        bare = frozenset(equal | {name for identity, name in own_parameters if identity == base.identity})
        seen = [_seen_from(base, group.parts, bare) for group in groups]
        others = [_seen_from(base, [part for group in one for part in group.parts], bare) for one in elsewhere]
        models = (model for group in groups for part in group.parts for model in _meant(base, part.model))
        paths = dict.fromkeys(model.path for model in models if base.contains(model))
        insides = ((_inside(path[len(base.path) :], bare), path) for path in paths if path != base.path)
        yield Universe(
            base,
            tuple(seen),
            tuple(group.is_readable and not group.is_exhausted for group in groups),
            tuple(group.parts[0].condition_text if len(group.parts) == 1 else "" for group in groups),
            alternatives,
            tuple(one for one in others if one != NEVER),
            tuple(insides),
            _seen_from(base, frozen, bare),
        )


def _alternatives(groups: tuple[ParamGroup, ...]) -> frozenset[tuple[int, int]]:
    """The pairs of groups that are never in the list together."""
    by_reach: dict[Reach, list[int]] = {}
    for index, group in enumerate(groups):
        by_reach.setdefault(group.reach, []).append(index)
    return frozenset(
        (one, other)
        for first, ones in by_reach.items()
        for second, others in by_reach.items()
        if first.excludes(second)
        for one in ones
        for other in others
    )


def _bases(groups: tuple[ParamGroup, ...]) -> list[Model]:
    """The models that no other model of the list contains."""
    every = (part.model for group in groups for part in group.parts if part.model is not None)
    models = list({(model.identity, model.path): model for model in every}.values())
    found: list[Model] = []
    for model in models:
        if any(other.contains(model) and not other.is_same(model) for other in models):
            continue
        found.append(model)
    return found


def _parts_in(base: Model, groups: Iterable[ParamGroup]) -> Iterator[Part]:
    for group in groups:
        for part in group.parts:
            if part.model is not None and base.contains(part.model):
                yield part


def _equalities(part: Part) -> Iterator[NameTest]:
    """The tests of a part that compare the whole name."""
    for test in tests(part.condition):
        if isinstance(test, NameTest) and test.kind is NameTestKind.EQUALS:
            yield test


def _seen_from(base: Model, parts: Iterable[Part], bare: frozenset[str]) -> Condition:
    """The condition under which a parameter of `base` is in one of the parts."""
    conditions: list[Condition] = []
    for part in parts:
        if part.model is not None and not base.path and part.model.may_be_part_of(base.identity):
            conditions.append(UnknownTest(f"what `{part.model.text}` is of `{base.text}`"))
        for model in _meant(base, part.model):
            # A model that is one of several takes the parameters of only one of them.
            which = Always() if model is part.model else UnknownTest(f"which one `{model.text}` is")
            if base.contains(model):
                below = model.path[len(base.path) :]
                inside = _held(below, bare, model.text) if below else Always()
                conditions.append(both(both(inside, _from_below(part.condition, below)), which))
            elif model.contains(base):
                whole = Always() if part.condition == Always() else UnknownTest(f"{part.condition} of `{model.text}`")
                conditions.append(both(whole, which))
    return either(tuple(conditions)) if conditions else NEVER


def _meant(base: Model, model: Model | None) -> Iterator[Model]:
    """The model and its alternatives, without those that do not belong to the same object as `base`."""
    if model is not None:
        yield from (one for one in (model, *model.alternatives) if one.identity == base.identity)


def _held(below: Path, bare: frozenset[str], text: str) -> Condition:
    """The condition that a parameter belongs to a sub-module. `[each]` stands for all elements of a list. For other
    elements, and for sub-modules of an element, the names are not known."""
    named = _named(below)
    is_all = len(named) == len(below) or below[len(named) :] == ("[each]",)
    inside = _inside(below, bare)
    return inside if is_all else both(inside, UnknownTest(f"where `{text}` is"))


def _named(below: Path) -> Path:
    """The beginning of a path up to the first part without a known name. An element with a known index is named by
    it."""
    found: list[str] = []
    for part in below:
        if part.startswith("[") and not part[1:-1].isdigit():
            break
        found.append(part.strip("[]"))
    return tuple(found)


def _inside(below: Path, bare: frozenset[str]) -> NameTest:
    """The test for parameters below a path, or at the path itself if that is a parameter, as far as the path has known
    names."""
    name = ".".join(_named(below))
    is_bare = name in bare or below[-1] in (WEIGHT, BIAS)
    if is_bare and len(_named(below)) == len(below):
        return NameTest(NameTestKind.EQUALS, name)
    return NameTest(NameTestKind.STARTS, f"{name}." if name else "")


def _from_below(condition: Condition, below: Path) -> Condition:
    """Translate a condition over names relative to a sub-module into one over names relative to the base."""
    if not below:
        return condition
    named = _named(below)
    prefix, is_all = "".join(f"{part}." for part in named), len(named) == len(below)
    return map_tests(
        condition,
        lambda test: _name_from_below(test, prefix, is_all=is_all) if isinstance(test, NameTest) else test,
    )


def _name_from_below(test: NameTest, prefix: str, *, is_all: bool) -> Condition:
    """Translate a test of names below `prefix` into a test of full names. `is_all` is set if nothing unknown is between
    the prefix and these names."""
    match test.kind:
        case NameTestKind.STARTS | NameTestKind.EQUALS if not is_all:
            return UnknownTest(f"`{test.text}` somewhere below `{prefix}`")
        case NameTestKind.ENDS if not is_all:
            return test
        case NameTestKind.STARTS | NameTestKind.EQUALS:
            return NameTest(test.kind, prefix + test.text)
        case NameTestKind.ENDS if test.text.startswith("."):
            # The short name `bias` does not end with `.bias`, but the full name `head.bias` does.
            return And((test, Not(NameTest(NameTestKind.EQUALS, prefix + test.text[1:]))))
        case NameTestKind.CONTAINS if test.text in prefix:
            return UnknownTest(f"`{test.text}` in a name below `{prefix}`")
        case NameTestKind.CONTAINS if test.text.startswith("."):
            return And((test, Not(NameTest(NameTestKind.STARTS, prefix + test.text[1:]))))
        case _:
            return test
