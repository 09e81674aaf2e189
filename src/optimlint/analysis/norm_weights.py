"""The names of the norm weights of models whose class is known."""

from collections.abc import Iterator
from dataclasses import dataclass

from optimlint.facts import FileFacts
from optimlint.facts.models import ModelClass, SubModule
from optimlint.facts.names import Model
from optimlint.knowledge.fragments import names_norm
from optimlint.knowledge.layers import PARAMETER_CLASSES, norms_in
from optimlint.knowledge.norm_names import class_suffixes, norm_suffixes
from optimlint.knowledge.parameter_names import BIAS, OLD_NORM_NAMES


@dataclass(frozen=True, slots=True)
class NormWeights:
    """The full names, or the endings of the names, of all norm weights of a model. `model` names it in words."""

    names: tuple[str, ...]
    model: str


def norm_weights(model: Model, facts: FileFacts) -> NormWeights | None:
    """The norm weights of a model; None if they are not all known."""
    found = class_of(model, facts)
    if found is None:
        return None
    if not model.path and (suffixes := norm_suffixes(found.architecture)):
        return NormWeights(suffixes, f'"{found.architecture}"')
    if not model.path and found.is_of_transformers:
        suffixes = class_suffixes(found.name)
        return NormWeights(suffixes, found.name) if suffixes else None
    if not found.is_closed:
        return None
    if not model.path:
        names = _names(found.sub_modules)
        return None if names is None else NormWeights(names, found.name)
    part = _at(model.path, found.sub_modules)
    names = None if part is None else _names_inside(part)
    if part is None or names is None:
        return None
    return NormWeights(names, f'"{part.architecture}"' if part.architecture else ".".join((found.name, *model.path)))


def class_of(model: Model, facts: FileFacts) -> ModelClass | None:
    """The class of a model; None if it is not known or may be several."""
    several = dict.fromkeys(found for identity, found in facts.classes if identity == model.identity)
    return next(iter(several)) if len(several) == 1 else None


def parameter_names(model: Model, facts: FileFacts) -> frozenset[str]:
    """Full names of the model's parameters, as far as its class is known."""
    found = class_of(model, facts)
    if found is None:
        return frozenset()
    if not model.path:
        return frozenset(name for part in found.sub_modules for name in _names_of_part(part))
    whole = _at(model.path, found.sub_modules)
    return frozenset(name.removeprefix(f"{whole.name}.") for name in _names_of_part(whole)) if whole else frozenset()


def _at(path: tuple[str, ...], parts: tuple[SubModule, ...]) -> SubModule | None:
    """The sub-module at `path`; None if it is not known."""
    found = None
    for attribute in path:
        found = next((one for one in parts if one.name == attribute), None)
        if found is None:
            return None
        parts = found.parts
    return found


def _names_of_part(part: SubModule) -> Iterator[str]:
    if _class_name(part) in PARAMETER_CLASSES:
        yield part.name
    elif part.parts:
        for inner in part.parts:
            yield from (f"{part.name}.{name}" for name in _names_of_part(inner))
    else:
        yield from (f"{part.name}.weight", f"{part.name}.bias")


def _names(parts: tuple[SubModule, ...]) -> tuple[str, ...] | None:
    """The names of the norm weights below `parts`; None if those of one part are not known."""
    names: list[str] = []
    for part in parts:
        inner = _names_inside(part)
        if inner is None:
            return None
        names.extend(f"{part.name}.{name}" for name in inner)
    return tuple(names)


def _names_inside(part: SubModule) -> tuple[str, ...] | None:
    """The names of the norm weights of one sub-module, relative to it; None if they are not known."""
    kind = _class_name(part)
    if part.architecture:
        return norm_suffixes(part.architecture)
    if part.parts:
        inner = _names(part.parts)
        return inner if inner is None else (*inner, *_own_scales(part, kind))
    if part.is_norm:
        return ("weight",)
    norms = norms_in(kind)
    if norms is not None:
        return tuple(f"{norm}.weight" for norm in norms)
    return () if part.has_parameters is False else None


def _own_scales(part: SubModule, kind: str) -> tuple[str, ...]:
    """The parameters, except the bias, of a norm layer that the repository defines."""
    if not part.is_norm and not names_norm(kind):
        return ()
    return tuple(
        inner.name
        for inner in part.parts
        if _class_name(inner) in PARAMETER_CLASSES and inner.name not in (BIAS, OLD_NORM_NAMES[1])
    )


def _class_name(part: SubModule) -> str:
    return part.kind.rpartition(".")[2]
