"""Assignments that look like they set `requires_grad` of parameters but have no effect."""

import re
from collections.abc import Iterator

from optimlint.diagnostic import Range
from optimlint.facts.conditions import Always
from optimlint.facts.modules import Switch
from optimlint.interpret.classes.class_uses import used_attributes
from optimlint.interpret.classes.torch_classes import is_torch_module
from optimlint.interpret.collect.group_facts import model_of
from optimlint.interpret.drafts import SwitchDraft
from optimlint.interpret.origins import made_by, makers_of
from optimlint.interpret.values import ClassValue, Constant, Entity
from optimlint.interpret.world import World
from optimlint.knowledge.layers import PARTS_OF_MODELS, makes_model
from optimlint.knowledge.slips import SWITCH
from optimlint.syntax import tree

_DEEPEST = 30
_OWN = re.compile(rf"\bself\.{SWITCH}\s*[:=](?!=)|^\s+{SWITCH}\s*[:=]", re.MULTILINE)
"""Matches in a class that defines the attribute itself."""


def switches(world: World) -> Iterator[Switch]:
    """The assignments without effect, in the order of the source."""
    checked = len(world.layout.checked)
    drafts = sorted(world.switches.values(), key=lambda draft: draft.target.start)
    for draft in drafts:
        if draft.target.start < checked and _has_no_effect(world, draft):
            before = next((one for one in drafts if _freezes(one, draft)), None)
            yield _fact(world, draft, before)


def _freezes(one: SwitchDraft, later: SwitchDraft) -> bool:
    """Whether an assignment was meant to freeze what a later one was meant to train again."""
    is_same = one.owner is not None and later.owner is not None and one.owner is later.owner
    return is_same and one.target.start < later.target.start and _turns_on(one) is False


def _has_no_effect(world: World, draft: SwitchDraft) -> bool:
    owner = draft.owner
    if owner is None:
        return True
    if draft.target.attr.value != SWITCH and _is_parameter(owner):
        draft.is_parameter = True
        return True
    draft.is_parameter = False
    if not _is_module(owner) or _has_own_switch(world, owner):
        return False
    return _turns_on(draft) is True or not _is_frozen_otherwise(world, owner)


def _is_parameter(entity: Entity) -> bool:
    """Whether an entity is certainly a parameter: created by `nn.Parameter`, or the weight or bias of a layer."""
    if entity.parent is not None and entity.attribute in ("weight", "bias"):
        return _is_layer(entity.parent.representative())
    names = _makers(entity)
    return bool(names) and all(name.startswith("torch.nn.") and name.endswith(".Parameter") for name in names)


def _is_layer(entity: Entity) -> bool:
    names = _makers(entity)
    return bool(names) and all(name.startswith("torch.nn.") and not name.endswith("Parameter") for name in names)


def _makers(entity: Entity) -> list[str]:
    """The qualified names of the classes that may have created an entity; empty if one of them is unknown."""
    makers = [maker for made in made_by(entity) or () for maker in makers_of(made)]
    names = [maker.qualified_name or "" for maker in makers if isinstance(maker, Entity)]
    return names if len(names) == len(makers) and all(names) else []


def _is_module(entity: Entity) -> bool:
    """Whether an entity is certainly a torch module: a layer, an instance of a module class, the result of a model
    library's function, or a known submodule of such a model."""
    if _is_part_of_library(entity):
        return True
    makers = [maker for made in made_by(entity) or () for maker in makers_of(made)]
    if not makers:
        return _is_of_library(entity)
    for maker in makers:
        if isinstance(maker, ClassValue):
            if not is_torch_module(maker):
                return False
        elif not _makes_module(maker.qualified_name or ""):
            return False
    return True


def _is_part_of_library(entity: Entity) -> bool:
    """Whether an entity is a submodule of a library's model, by its attribute path: `bert.encoder.layer[0]`."""
    is_named = False
    for _ in range(_DEEPEST):
        if entity.parent is None or not (entity.attribute in PARTS_OF_MODELS or entity.attribute.startswith("[")):
            return False
        is_named |= entity.attribute in PARTS_OF_MODELS
        entity = entity.parent.representative()
        if is_named and _is_of_library(entity):
            return True
    return False


def _is_of_library(entity: Entity) -> bool:
    """Whether a function or class of a known library creates an entity."""
    called = entity.called.qualified_name if entity.called is not None else None
    names = [called] if called else _makers(entity)
    return bool(names) and all(makes_model(name) for name in names)


def _makes_module(name: str) -> bool:
    if name.startswith("torch.nn."):
        return not name.endswith("Parameter") and not name.startswith(("torch.nn.functional", "torch.nn.utils"))
    return makes_model(name)


def _has_own_switch(world: World, entity: Entity) -> bool:
    """Whether the class of an entity defines `requires_grad` itself."""
    for made in made_by(entity) or (entity,):
        for maker in makers_of(made):
            if not isinstance(maker, ClassValue):
                continue
            if SWITCH in maker.methods or _OWN.search(world.layout.text(maker.node)):
                return True
    return False


def _is_frozen_otherwise(world: World, entity: Entity) -> bool:
    """Whether other code disables the gradients of an entity, of a part of it or of its container, or the class runs it
    without gradients."""
    around = _around(entity)
    for part in world.frozen:
        if part.source_node is None and part.owner is not None:
            other = part.owner.representative()
            if other in around or entity in _around(other):
                return True
    parent = entity.parent.representative() if entity.parent is not None else None
    own = parent.own_class if parent is not None else None
    return own is not None and used_attributes(own.methods, {}).get(entity.attribute) is False


def _is_frozen_with_all(world: World, entity: Entity) -> bool:
    """Whether a model that has always contained the entity is frozen as a whole."""
    if entity.parent is None or (entity.parent.representative().number, entity.attribute) in world.attributes:
        return False
    around = _around(entity)
    whole = (part.owner for part in world.frozen if part.source_node is None and part.condition == Always())
    return any(owner is not None and owner.representative() in around for owner in whole)


def _around(entity: Entity) -> list[Entity]:
    """An entity and the objects that contain it, innermost first."""
    found = [entity]
    while found[-1].parent is not None and len(found) < _DEEPEST:
        found.append(found[-1].parent.representative())
    return found


def _turns_on(draft: SwitchDraft) -> bool | None:
    match draft.value:
        case (Constant(value=bool() as value),):
            return value
        case _:
            return None


def _fact(world: World, draft: SwitchDraft, before: SwitchDraft | None) -> Switch:
    layout, target = world.layout, draft.target
    call: Range | None = None
    text = ""
    match draft.statement:
        case tree.Assign(targets=[_], value=tree.Name() as value) if not value.lpar:
            call, text = layout.between(target.attr.start, value.end), f"{SWITCH}_({layout.text(value)})"
        case _:
            pass
    is_frozen = before is not None or (draft.owner is not None and _is_frozen_with_all(world, draft.owner))
    return Switch(
        layout.range(target),
        layout.range(target.attr),
        layout.code(target.value),
        target.attr.value,
        draft.is_parameter,
        _turns_on(draft),
        draft.scope,
        model_of(draft.owner) if draft.owner is not None else None,
        layout.range(before.target) if before is not None else None,
        is_frozen,
        call,
        text,
    )
