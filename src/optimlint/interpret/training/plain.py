"""Models that behave the same in training and evaluation mode, as far as the source shows their layers."""

import re

from optimlint.interpret.values import ClassValue, Entity
from optimlint.interpret.world import World
from optimlint.knowledge.layers import PARAMETER_CLASSES, has_one_mode

_MADE = re.compile(r"([A-Za-z_][\w.]*)\s*\(")
_ASKS = re.compile(r"drop|\.training\b|batch_norm|bernoulli|from_pretrained|getattr|import_module", re.IGNORECASE)
_GIVEN = re.compile(r"self\.\w+\s*(?::[^=\n]+)?=\s*(?!nn\.|torch\.)[a-z_][\w.]*[ \t]*(?:\(|#.*$|$)", re.MULTILINE)
"""An attribute that is set to a parameter of the constructor or the result of an unknown function. It may be a
module."""
_NAME = re.compile(r"\*|[(,=]\s*(?!(?:nn|torch)\.|True\b|False\b|None\b|\w+\s*=)[A-Za-z_][\w.]*\s*[,)]")
"""An argument that is passed by name of a variable, or unpacked. It may be a module."""
_MOST_SOURCES = 8


def is_plain(world: World, entity: Entity) -> bool:
    """Whether a model certainly has no dropout, batch norm or similar layer: its class, or the call that creates it,
    shows all of its layers."""
    entity = entity.representative()
    if entity.sources and not entity.makers and not entity.is_open and len(entity.sources) <= _MOST_SOURCES:
        return all(
            one.representative() is not entity and _is_plain(world, one.representative()) for one in entity.sources
        )
    return _is_plain(world, entity)


def _is_plain(world: World, entity: Entity) -> bool:
    maker = entity.made_by
    if entity.is_open or len(entity.makers) > 1:
        return False
    if isinstance(maker, ClassValue):
        bases = [one.qualified_name or one.text if isinstance(one, Entity) else "" for one in maker.bases]
        code = world.layout.text(maker.node)
        is_whole = bases in (["torch.nn.Module"], ["nn.Module"]) and _GIVEN.search(code) is None
        return is_whole and _is_plain_code(code.partition(":")[2])
    is_built = isinstance(maker, Entity) and (maker.qualified_name or "").startswith("torch.nn.")
    return is_built and _NAME.search(entity.text) is None and _is_plain_code(entity.text)


def _is_plain_code(code: str) -> bool:
    """Whether all objects that the code creates are layers with a single mode."""
    made = {name.rpartition(".")[2] for name in _MADE.findall(code)}
    layers = {name for name in made if name[:1].isupper()}
    return _ASKS.search(code) is None and all(has_one_mode(name) for name in layers - set(PARAMETER_CLASSES))
