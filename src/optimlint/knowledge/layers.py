"""The layers of torch, and what they have of their own: parameters, norm layers inside, nothing.

One table, of which the other names here are views. Whoever asks gives the last part of a class's name.
"""

import re
from typing import NamedTuple


class Layer(NamedTuple):
    """A class of torch.nn, or one that packages name alike.

    `parameters` are the names that its defaults make, each with its number of dimensions; () where these are not told.
    `norms` are the norm layers inside, by their path.
    """

    parameters: tuple[tuple[str, int], ...] = ()
    norms: tuple[str, ...] = ()
    is_norm: bool = False
    is_of_torch: bool = True


def _weight(dimensions: int, *, bias: int | None = 1) -> Layer:
    return Layer((("weight", dimensions), *((("bias", bias),) if bias is not None else ())))


_RECURRENT = Layer((("weight_ih_l0", 2), ("weight_hh_l0", 2), ("bias_ih_l0", 1), ("bias_hh_l0", 1)))
_NORM = Layer((("weight", 1), ("bias", 1)), is_norm=True)

# fmt: off
_TABLE = {
    "BatchNorm1d": _NORM,
    "BatchNorm2d": _NORM,
    "BatchNorm3d": _NORM,
    "Bilinear": _weight(3),
    "CRF": Layer(is_of_torch=False),
    "ConditionalRandomField": Layer(is_of_torch=False),
    "Conv1d": _weight(3),
    "Conv2d": _weight(4),
    "Conv3d": _weight(5),
    "ConvTranspose1d": _weight(3),
    "ConvTranspose2d": _weight(4),
    "ConvTranspose3d": _weight(5),
    "Embedding": _weight(2, bias=None),
    "EmbeddingBag": _weight(2, bias=None),
    "GRU": _RECURRENT,
    "GRUCell": Layer(),
    "GroupNorm": _NORM,
    "LSTM": _RECURRENT,
    "LSTMCell": Layer(),
    "LayerNorm": _NORM,
    "Linear": _weight(2),
    "MultiheadAttention": Layer(),
    "PReLU": _weight(1, bias=None),
    "RMSNorm": Layer((("weight", 1),), is_norm=True),
    "RNN": _RECURRENT,
    "RNNCell": Layer(),
    "SyncBatchNorm": _NORM,
    "Transformer": Layer(
        norms=("encoder.layers.0.norm1", "encoder.layers.0.norm2", "encoder.norm", "decoder.layers.0.norm3")
    ),
    "TransformerDecoder": Layer(norms=("layers.0.norm1", "layers.0.norm2", "layers.0.norm3")),
    "TransformerDecoderLayer": Layer(norms=("norm1", "norm2", "norm3")),
    "TransformerEncoder": Layer(norms=("layers.0.norm1", "layers.0.norm2")),
    "TransformerEncoderLayer": Layer(norms=("norm1", "norm2")),
}
# fmt: on
"""Layers that have parameters."""

LAYERS = tuple(name for name, layer in _TABLE.items() if layer.is_of_torch)
"""Torch's own layers that have parameters."""
NORMS = tuple(name for name, layer in _TABLE.items() if layer.is_norm)
"""Layers whose parameters begin as ones and zeros, whatever the seed."""

PARAMETER_CLASSES = ("Parameter", "UninitializedParameter")
"""The classes of a parameter itself."""

MODULE_CONTAINERS = ("Sequential", "ModuleList", "ModuleDict")
"""Classes whose objects hold the modules that they are given."""
PARAMETER_CONTAINERS = ("ParameterList", "ParameterDict")
"""The same of parameters."""
CONTAINERS = (*MODULE_CONTAINERS, *PARAMETER_CONTAINERS)
"""Modules that register what they are given."""

WITHOUT_PARAMETERS = frozenset(
    {
        *("AlphaDropout", "CosineSimilarity", "DropPath", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "ELU"),
        *("Flatten", "GELU", "Hardswish", "Hardtanh", "Identity", "LeakyReLU", "LogSoftmax", "Mish", "PixelShuffle"),
        *("ReLU", "ReLU6", "SELU", "SiLU", "Sigmoid", "Softmax", "Softplus", "Tanh", "Unflatten", "Upsample"),
        "ZeroPad2d",
    }
)
"""Layers that have none."""
WITHOUT_PARAMETERS_ENDS = (
    *("Accuracy", "Collator", "Config", "Criterion", "Loss", "Metric", "Metrics", "Pool1d", "Pool2d", "Pool3d"),
    *("Processor", "Scheduler", "Tokenizer", "TokenizerFast", "Vocab", "Vocabulary"),
)
"""The endings of the names of other classes that have none."""
LOADED_WITHOUT_PARAMETERS_ENDS = (*WITHOUT_PARAMETERS_ENDS, "FeatureExtractor")
"""The endings of the names of classes whose `from_pretrained` gives none."""

MAKES_ANOTHER = frozenset(
    {
        "to", "cuda", "half", "double", "bfloat16", "type", "npu", "xpu", "mul", "div", "add", "sub", "pow", "sqrt",
        "exp", "log", "abs", "neg", "view", "reshape", "unsqueeze", "squeeze", "expand", "repeat", "t", "transpose",
        "permute", "flatten", "clone", "sigmoid", "softmax", "tanh", "clamp", "sum", "mean", "chunk", "expand_as",
        "view_as", "type_as", "to_sparse", "movedim", "swapaxes", "diag",
    }
)  # fmt: skip
"""Methods of a tensor that give another tensor, which is no parameter any more."""

MOVES = frozenset({"to", "cuda", "npu", "xpu"})
"""Those that move it to a device."""

MODEL_MAKERS = ("torchvision.models.", "timm.create_model", "torch.hub.load", "segmentation_models_pytorch.")
"""Functions and classes of libraries that make whole models."""

PARTS_OF_MODELS = frozenset(
    {
        "bert", "roberta", "distilbert", "albert", "electra", "deberta", "xlnet", "transformer", "encoder", "decoder",
        "embeddings", "base_model", "backbone", "features", "classifier", "fc", "conv1", "bn1", "layer1", "layer2",
        "layer3", "layer4", "head", "heads", "vision_model", "text_model", "visual", "avgpool",
    }
)  # fmt: skip
"""What the models of libraries call their parts, which are modules."""
_IS_MODEL = re.compile(r"Model|For[A-Z]|LMHead")

OBJECT_BASES = ("ABC", "abc.ABC", "object")
"""Bases that make a class nothing in particular."""
MODULE_BASES = ("Module", "nn.Module", "torch.nn.Module")
"""The names of torch's module."""
MODEL_BASES = (
    *MODULE_BASES,
    *("L.LightningModule", "LightningModule", "lightning.LightningModule", "pl.LightningModule"),
    *("pytorch_lightning.LightningModule", "BertPreTrainedModel", "PreTrainedModel", "PyTorchModelHubMixin"),
    *("RobertaPreTrainedModel", "XLNetPreTrainedModel"),
)
"""Bases that make a class a model and bring it no parameters."""
MODEL_BASES_ENDS = ("Module", "Model")
"""The endings of the names of bases that make a class a model."""

HUB_LOADERS = ("from_pretrained", "from_config")
"""Functions that make a model by its architecture."""
LOADERS = (*HUB_LOADERS, "load_from_checkpoint")
"""Class methods that a model inherits, and that make one."""


def has_parameters(name: str) -> bool:
    """Whether a class of that name surely has parameters of its own, a parameter among them."""
    return name in _TABLE or name == "Parameter"


def parameters_of_layer(name: str) -> tuple[tuple[str, int], ...]:
    """The parameters of a layer with their dimensions, as its defaults make them; () where these are not known."""
    return _TABLE[name].parameters if name in _TABLE else ()


def norms_in(name: str) -> tuple[str, ...] | None:
    """The norm layers inside a class that is known to have no other; None where it may have some."""
    if name in _TABLE and not _TABLE[name].is_norm:
        return _TABLE[name].norms
    return () if name in ("Identity", "Parameter") else None


def makes_model(name: str) -> bool:
    """Whether a function or a class of a library makes a model, by its qualified name: no tokenizer, no
    configuration."""
    last = name.rpartition(".")[2]
    is_of_transformers = name.startswith("transformers.") and not last.endswith(LOADED_WITHOUT_PARAMETERS_ENDS)
    return name.startswith(MODEL_MAKERS) or (is_of_transformers and _IS_MODEL.search(last) is not None)
