"""Parts of well-known models that have parameters beside embeddings and layers. Taken from the sources of
transformers."""

_RELATIVE = ("rel_embeddings", "nn.Embedding")
BESIDE_LAYERS = {"deberta": (_RELATIVE,), "deberta-v2": (_RELATIVE, ("LayerNorm", "nn.LayerNorm"))}
"""For each architecture, the attributes of its encoder beside `layer`, with their classes."""
WHOLE_MODELS = ("AutoModel", "DebertaModel", "DebertaV2Model")
"""Classes of bare models. Classes with a head keep such a model in an attribute."""
