"""Model aliases: the caller's model and the called function's parameter are the same object."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from optimlint.facts import FileFacts
from optimlint.facts.conditions import Always, UnknownTest, both
from optimlint.facts.groups import ParamGroup, Part
from optimlint.facts.names import Model


def aliases_of(identity: int, facts: FileFacts) -> tuple[Model, ...]:
    """The other models, or parts of models, that may be the same object as the model with this identity."""
    return tuple(
        model
        for one in facts.aliases
        if any(member.identity == identity and not member.path for member in one)
        for model in sorted(one, key=lambda model: (model.identity, model.path))
        if model.identity != identity
    )


def parts_of_model(identity: int, aliases: tuple[Model, ...], parts: Iterable[Part]) -> Iterator[Part]:
    """Those of the parts that belong to the model with this identity or to one of its aliases, expressed as parts of
    that model."""
    for part in parts:
        if part.model is None:
            continue
        if part.model.identity == identity:
            yield part
            continue
        for one in part.model.alternatives:
            if one.identity == identity:
                yield replace(part, model=one, condition=both(part.condition, UnknownTest(part.model.text)))
        for other in aliases:
            if other.contains(part.model):
                yield replace(part, model=Model(identity, part.model.path[len(other.path) :], part.model.text))
            elif part.model.contains(other):
                condition = part.condition if part.condition == Always() else UnknownTest(str(part.condition))
                yield replace(part, model=Model(identity, (), part.model.text), condition=condition)


def groups_of_aliases(
    identity: int, aliases: tuple[Model, ...], groups: Iterable[ParamGroup]
) -> tuple[ParamGroup, ...]:
    """The groups that contain parameters of a model's aliases, with these expressed as parts of the model."""
    if not aliases:
        return ()
    inside = ((group, tuple(parts_of_model(identity, aliases, group.parts))) for group in groups)
    return tuple(replace(group, parts=parts) for group, parts in inside if parts)
