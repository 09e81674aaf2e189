"""What well-known models hold beside their embeddings and layers. Read from the sources of transformers."""

_RELATIVE = ("rel_embeddings", "nn.Embedding")
BESIDE_LAYERS = {"deberta": (_RELATIVE,), "deberta-v2": (_RELATIVE, ("LayerNorm", "nn.LayerNorm"))}
"""What the encoder of each architecture holds beside `layer`, with the classes."""
WHOLE_MODELS = ("AutoModel", "DebertaModel", "DebertaV2Model")
"""The classes that are nothing but the model: others put a head on it, and the model in an attribute."""
