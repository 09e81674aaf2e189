"""What well-known models hold beside their embeddings and layers: the parts that whoever lists those forgets.

Read from the sources of transformers. Architectures are here whose other parts are trained with the rest: the pooler of
a BERT is not.
"""

from optimlint.facts.project import SubModule
from optimlint.knowledge.norm_names import family_of

_RELATIVE = ("rel_embeddings", "nn.Embedding")
_BESIDE_LAYERS = {"deberta": (_RELATIVE,), "deberta-v2": (_RELATIVE, ("LayerNorm", "nn.LayerNorm"))}
"""What the encoder of each architecture holds beside `layer`, with the classes."""
_WHOLE = ("AutoModel", "DebertaModel", "DebertaV2Model")
"""The classes that are nothing but the model: others put a head on it, and the model in an attribute."""


def parts_of_architecture(loaded: SubModule) -> tuple[SubModule, ...]:
    """The parts of a sub-module that is loaded by the name of a known model, as far as that is told here."""
    maker = loaded.kind.rpartition(".")[0].rpartition(".")[2]
    beside = _BESIDE_LAYERS.get(family_of(loaded.architecture) or "", ()) if maker in _WHOLE else ()
    if not beside:
        return ()
    others = (_part(name, kind) for name, kind in beside)
    encoder = (_part("layer", "nn.ModuleList"), *others)
    return (_part("embeddings", ""), _part("encoder", "", encoder))


def _part(name: str, kind: str, parts: tuple[SubModule, ...] = ()) -> SubModule:
    return SubModule(name, kind, is_used=True, is_frozen=False, has_parameters=True, parts=parts)
