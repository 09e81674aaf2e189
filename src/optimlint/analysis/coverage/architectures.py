"""Sub-modules of well-known models beside their embeddings and layers, which are easily forgotten in a list.

Only architectures whose other sub-modules are trained, too, are included. The pooler of a BERT, for example, is not.
"""

from optimlint.facts.models import SubModule
from optimlint.knowledge.architectures import BESIDE_LAYERS, WHOLE_MODELS
from optimlint.knowledge.norm_names import family_of


def parts_of_architecture(loaded: SubModule) -> tuple[SubModule, ...]:
    """The parts of a sub-module that is loaded by the name of a known model; empty if they are not known."""
    maker = loaded.kind.rpartition(".")[0].rpartition(".")[2]
    beside = BESIDE_LAYERS.get(family_of(loaded.architecture) or "", ()) if maker in WHOLE_MODELS else ()
    if not beside:
        return ()
    others = (_part(name, kind) for name, kind in beside)
    encoder = (_part("layer", "nn.ModuleList"), *others)
    return (_part("embeddings", ""), _part("encoder", "", encoder))


def _part(name: str, kind: str, parts: tuple[SubModule, ...] = ()) -> SubModule:
    return SubModule(name, kind, is_used=True, is_frozen=False, has_parameters=True, parts=parts)
