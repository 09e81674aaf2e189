"""Models that are the same in training and evaluation mode, as far as the source shows their layers."""

import re

from optimlint.interpret.values import ClassValue, Entity
from optimlint.interpret.world import World
from optimlint.knowledge.layers import PARAMETER_CLASSES, has_one_mode

_MADE = re.compile(r"([A-Za-z_][\w.]*)\s*\(")
_ASKS = re.compile(r"drop|\.training\b|batch_norm|bernoulli|from_pretrained|getattr|import_module", re.IGNORECASE)
_GIVEN = re.compile(r"self\.\w+\s*(?::[^=\n]+)?=\s*(?!nn\.|torch\.)[a-z_][\w.]*[ \t]*(?:\(|#.*$|$)", re.MULTILINE)
"""What an object holds that it is given, or that an unknown function makes: it may be a module."""
_NAME = re.compile(r"\*|[(,=]\s*(?!(?:nn|torch)\.|True\b|False\b|None\b|\w+\s*=)[A-Za-z_][\w.]*\s*[,)]")
"""What a call is given by a name."""
_MOST_SOURCES = 8


def is_plain(world: World, entity: Entity) -> bool:
    """Whether dropout, batch norm and their like are surely nowhere in a model: its class, or what makes it, is in view
    with all of its layers."""
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
    """Whether all that the code makes are layers of one mode."""
    made = {name.rpartition(".")[2] for name in _MADE.findall(code)}
    layers = {name for name in made if name[:1].isupper()}
    return _ASKS.search(code) is None and all(has_one_mode(name) for name in layers - set(PARAMETER_CLASSES))
