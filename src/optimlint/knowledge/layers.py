"""The layers of torch and what they contain: parameters, norm layers inside, or nothing.

Each class is listed in one table; other tables are derived. Lookups take the last part of a class name.
"""

import re

_WEIGHT, _BIAS = ("weight", 1), ("bias", 1)
_GATES = (("weight_ih_l0", 2), ("weight_hh_l0", 2), ("bias_ih_l0", 1), ("bias_hh_l0", 1))
_NORMS = {
    "BatchNorm1d": (_WEIGHT, _BIAS),
    "BatchNorm2d": (_WEIGHT, _BIAS),
    "BatchNorm3d": (_WEIGHT, _BIAS),
    "GroupNorm": (_WEIGHT, _BIAS),
    "LayerNorm": (_WEIGHT, _BIAS),
    "RMSNorm": (_WEIGHT,),
    "SyncBatchNorm": (_WEIGHT, _BIAS),
}
_PARAMETERS: dict[str, tuple[tuple[str, int], ...]] = {
    **_NORMS,
    "Bilinear": (("weight", 3), _BIAS),
    "Conv1d": (("weight", 3), _BIAS),
    "Conv2d": (("weight", 4), _BIAS),
    "Conv3d": (("weight", 5), _BIAS),
    "ConvTranspose1d": (("weight", 3), _BIAS),
    "ConvTranspose2d": (("weight", 4), _BIAS),
    "ConvTranspose3d": (("weight", 5), _BIAS),
    "Embedding": (("weight", 2),),
    "EmbeddingBag": (("weight", 2),),
    "GRU": _GATES,
    "LSTM": _GATES,
    "Linear": (("weight", 2), _BIAS),
    "PReLU": (_WEIGHT,),
    "RNN": _GATES,
}
"""The parameters of each layer with default arguments: name and number of dimensions."""
_NORMS_INSIDE = {
    "Transformer": ("encoder.layers.0.norm1", "encoder.layers.0.norm2", "encoder.norm", "decoder.layers.0.norm3"),
    "TransformerDecoder": ("layers.0.norm1", "layers.0.norm2", "layers.0.norm3"),
    "TransformerDecoderLayer": ("norm1", "norm2", "norm3"),
    "TransformerEncoder": ("layers.0.norm1", "layers.0.norm2"),
    "TransformerEncoderLayer": ("norm1", "norm2"),
}
"""Layers that contain norm layers, with the names of those."""
_UNTOLD = ("GRUCell", "LSTMCell", "MultiheadAttention", "RNNCell")
"""Layers with parameters whose names have not been needed yet."""
_OF_PACKAGES = ("CRF", "ConditionalRandomField")
"""Layers with parameters, from packages that all use the same class name."""

LAYERS = (*_PARAMETERS, *_NORMS_INSIDE, *_UNTOLD)
"""Torch layers that have parameters."""
NORMS = tuple(_NORMS)
"""Layers whose parameters are initialized to ones and zeros, independent of the seed."""

PARAMETER_CLASSES = ("Parameter", "UninitializedParameter")
"""The classes of a parameter itself."""

MODULE_CONTAINERS = ("Sequential", "ModuleList", "ModuleDict")
"""Classes that contain the modules that are passed to them."""
PARAMETER_CONTAINERS = ("ParameterList", "ParameterDict")
"""Classes that contain the parameters that are passed to them."""
CONTAINERS = (*MODULE_CONTAINERS, *PARAMETER_CONTAINERS)
"""Modules that register what is passed to them."""

WITHOUT_PARAMETERS = frozenset(
    {
        *("AlphaDropout", "CosineSimilarity", "DropPath", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "ELU"),
        *("Flatten", "GELU", "Hardswish", "Hardtanh", "Identity", "LeakyReLU", "LogSoftmax", "Mish", "PixelShuffle"),
        *("ReLU", "ReLU6", "SELU", "SiLU", "Sigmoid", "Softmax", "Softplus", "Tanh", "Unflatten", "Upsample"),
        "ZeroPad2d",
    }
)
"""Layers without parameters."""
WITHOUT_PARAMETERS_ENDS = (
    *("Accuracy", "Collator", "Config", "Criterion", "Loss", "Metric", "Metrics", "Pool1d", "Pool2d", "Pool3d"),
    *("Processor", "Scheduler", "Tokenizer", "TokenizerFast", "Vocab", "Vocabulary"),
)
"""Suffixes of the names of other classes without parameters."""
LOADED_WITHOUT_PARAMETERS_ENDS = (*WITHOUT_PARAMETERS_ENDS, "FeatureExtractor")
"""Suffixes of the names of classes whose `from_pretrained` returns an object without parameters."""

REGISTERING = ("add_module", "register_module", "register_parameter")
"""Module methods that register their argument under a name."""

MAKES_ANOTHER = frozenset(
    {
        "to", "cuda", "half", "double", "bfloat16", "type", "npu", "xpu", "mul", "div", "add", "sub", "pow", "sqrt",
        "exp", "log", "abs", "neg", "view", "reshape", "unsqueeze", "squeeze", "expand", "repeat", "t", "transpose",
        "permute", "flatten", "clone", "sigmoid", "softmax", "tanh", "clamp", "sum", "mean", "chunk", "expand_as",
        "view_as", "type_as", "to_sparse", "movedim", "swapaxes", "diag",
    }
)  # fmt: skip
"""Tensor methods that return a new tensor, which is not a parameter."""

MOVES = frozenset({"to", "cuda", "npu", "xpu"})
"""Those of them that move the tensor to a device."""

MODEL_MAKERS = ("torchvision.models.", "timm.create_model", "torch.hub.load", "segmentation_models_pytorch.")
"""Library functions and classes that create whole models."""

NAME_PREFIXES = {
    "torch.nn.DataParallel": "module.",
    "torch.nn.parallel.DataParallel": "module.",
    "torch.nn.parallel.DistributedDataParallel": "module.",
    "torch.nn.parallel.distributed.DistributedDataParallel": "module.",
    "apex.parallel.DistributedDataParallel": "module.",
    "torch.compile": "_orig_mod.",
    "torch.distributed.fsdp.FullyShardedDataParallel": "_fsdp_wrapped_module.",
}
"""Prefixes that model wrappers add to parameter names."""

PARTS_OF_MODELS = frozenset(
    {
        "bert", "roberta", "distilbert", "albert", "electra", "deberta", "xlnet", "transformer", "encoder", "decoder",
        "embeddings", "base_model", "backbone", "features", "classifier", "fc", "conv1", "bn1", "layer1", "layer2",
        "layer3", "layer4", "head", "heads", "vision_model", "text_model", "visual", "avgpool",
        "layer", "layers", "block", "blocks", "h", "attention", "pooler",
    }
)  # fmt: skip
"""Common attribute names of submodules in library models."""
_IS_MODEL = re.compile(r"Model|For[A-Z]|LMHead")

OBJECT_BASES = ("ABC", "abc.ABC", "object")
"""Base classes that say nothing about a class."""
MODULE_BASES = ("Module", "nn.Module", "torch.nn.Module")
"""The names of torch's `Module`."""
MODEL_BASES = (
    *MODULE_BASES,
    *("L.LightningModule", "LightningModule", "lightning.LightningModule", "pl.LightningModule"),
    *("pytorch_lightning.LightningModule", "BertPreTrainedModel", "PreTrainedModel", "PyTorchModelHubMixin"),
    *("RobertaPreTrainedModel", "XLNetPreTrainedModel"),
)
"""Base classes that make a class a model and add no parameters."""
MODEL_BASES_ENDS = ("Module", "Model")
"""Suffixes of the names of base classes that make a class a model."""

HUB_LOADERS = ("from_pretrained", "from_config")
"""Functions that create a model of a given architecture."""
LOADERS = (*HUB_LOADERS, "load_from_checkpoint")
"""Class methods that a model inherits and that create one."""


def has_parameters(name: str) -> bool:
    """Whether a class of that name certainly has parameters of its own, or is a parameter class."""
    return name in LAYERS or name in _OF_PACKAGES or name == "Parameter"


def has_one_mode(name: str) -> bool:
    """Whether a torch layer of that name, with default arguments, behaves the same in training and evaluation mode."""
    if name.startswith("BatchNorm") or "Dropout" in name or name in ("DropPath", "SyncBatchNorm"):
        return False
    is_known = name in WITHOUT_PARAMETERS or name in _PARAMETERS or name in CONTAINERS
    return is_known or name.endswith(("Pool1d", "Pool2d", "Pool3d"))


def parameters_of_layer(name: str) -> tuple[tuple[str, int], ...]:
    """The parameters of a layer with default arguments, and their dimensions; () if unknown."""
    return _PARAMETERS.get(name, ())


def norms_in(name: str) -> tuple[str, ...] | None:
    """The norm layers inside a class, if they are all known; None if it may contain others."""
    has_none = name in ("Identity", "Parameter") or (has_parameters(name) and name not in NORMS)
    return _NORMS_INSIDE.get(name, () if has_none else None)


def makes_model(name: str) -> bool:
    """Whether a library function or class, by its qualified name, creates a model rather than a tokenizer or a
    configuration."""
    last = name.rpartition(".")[2]
    is_of_transformers = name.startswith("transformers.") and not last.endswith(LOADED_WITHOUT_PARAMETERS_ENDS)
    return name.startswith(MODEL_MAKERS) or (is_of_transformers and _IS_MODEL.search(last) is not None)
