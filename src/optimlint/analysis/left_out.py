"""The parameters that the groups leave out of their models, in words, and whether the description is complete."""

from collections.abc import Iterator
from dataclasses import dataclass

from optimlint.analysis.coverage import coverage
from optimlint.analysis.coverage.truth_table import atoms_of
from optimlint.analysis.listed import model_classes
from optimlint.facts import FileFacts
from optimlint.facts.conditions import PositionTest, UnknownTest
from optimlint.facts.groups import ParamGroup, Part
from optimlint.facts.models import ModelClass, SubModule
from optimlint.facts.names import Model


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Parameters of `models` that are in no group. `models` are named as in the code. `is_certain` is False if there
    may be more such parameters."""

    words: tuple[str, ...] = ()
    is_certain: bool = True
    models: tuple[str, ...] = ()


def left_out(groups: tuple[ParamGroup, ...], facts: FileFacts) -> LeftOut:
    """The parameters that no group contains. Parameters that require no gradient are not counted."""
    classes = model_classes(facts)
    parts = tuple(part for group in groups for part in group.parts)
    judged = coverage(groups, classes=classes)
    beside = [_beside(identity, dict(classes).get(identity), parts) for identity in _over_sub_modules(parts)]
    return LeftOut(
        (
            *(f"`{each.model.shown}`, {hole.words}" for each in judged for hole in each.uncovered),
            *(word for one in beside for word in one.words),
        ),
        all(group.is_readable for group in groups)
        and all(each.is_known for each in judged)
        and all(one.is_certain for one in beside)
        and not any(_is_doubtful(part, parts) for part in parts),
        _models(parts),
    )


def _models(parts: tuple[Part, ...]) -> tuple[str, ...]:
    """The models that the parts come from, each by its own name if the code takes all of it."""
    found: dict[int, str] = {}
    for model in (part.model for part in parts if part.model is not None):
        if not model.path:
            found[model.identity] = model.text
        else:
            found.setdefault(model.identity, _owner(model))
    return tuple(found.values())


def _is_doubtful(part: Part, parts: tuple[Part, ...]) -> bool:
    """Whether it is not known which parameters the part contains, or not how many a slice leaves that no other part
    takes the rest of."""
    atoms = atoms_of((part.condition,))
    if part.model is None or part.model.alternatives or atoms is None:
        return True
    if any(isinstance(atom, UnknownTest) for atom in atoms):
        return True
    return any(isinstance(atom, PositionTest) and not _has_rest(atom, part, parts) for atom in atoms)


def _has_rest(position: PositionTest, part: Part, parts: tuple[Part, ...]) -> bool:
    others = (atom for one in parts if one is not part for atom in atoms_of((one.condition,)) or ())
    return any(isinstance(atom, PositionTest) and atom.is_of_same(position) for atom in others)


def _over_sub_modules(parts: tuple[Part, ...]) -> Iterator[int]:
    """The identities of the models of which only sub-modules are taken."""
    models = [part.model for part in parts if part.model is not None]
    whole = {model.identity for model in models if not model.path}
    yield from dict.fromkeys(model.identity for model in models if model.identity not in whole)


def _beside(identity: int, model_class: ModelClass | None, parts: tuple[Part, ...]) -> LeftOut:
    """The sub-modules of one model from which no part is taken."""
    if model_class is None:
        return LeftOut(is_certain=False)
    models = [part.model for part in parts if part.model is not None and part.model.identity == identity]
    perhaps = (one for part in parts if part.model is not None for one in part.model.alternatives)
    taken = {model.path[0] for model in (*models, *perhaps) if model.identity == identity and model.path}
    others = [one for one in model_class.sub_modules if one.name not in taken and not one.is_frozen]
    return LeftOut(
        tuple(f"all of `{_owner(models[0])}.{one.name}`" for one in others if one.has_parameters),
        model_class.is_closed and not any(_is_unknown(one) for one in others),
    )


def _is_unknown(sub_module: SubModule) -> bool:
    return sub_module.has_parameters is None


def _owner(model: Model) -> str:
    """The model that a sub-module belongs to, as the code writes it."""
    return model.shown.removesuffix("." + ".".join(model.path))
