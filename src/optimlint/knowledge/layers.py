"""The layers of torch, and what they have of their own: parameters, norm layers inside, nothing.

Each class stands in one table; what others need are views of them. Whoever asks gives the last part of a class's name.
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
"""Layers with the names of their parameters, as their defaults make them, and the number of dimensions of each."""
_NORMS_INSIDE = {
    "Transformer": ("encoder.layers.0.norm1", "encoder.layers.0.norm2", "encoder.norm", "decoder.layers.0.norm3"),
    "TransformerDecoder": ("layers.0.norm1", "layers.0.norm2", "layers.0.norm3"),
    "TransformerDecoderLayer": ("norm1", "norm2", "norm3"),
    "TransformerEncoder": ("layers.0.norm1", "layers.0.norm2"),
    "TransformerEncoderLayer": ("norm1", "norm2"),
}
"""Layers that have norm layers inside, and what these are called."""
_UNTOLD = ("GRUCell", "LSTMCell", "MultiheadAttention", "RNNCell")
"""Layers that have parameters of names that nobody asked for so far."""
_OF_PACKAGES = ("CRF", "ConditionalRandomField")
"""Layers that have parameters, of packages that all name them alike."""

LAYERS = (*_PARAMETERS, *_NORMS_INSIDE, *_UNTOLD)
"""Torch's own layers that have parameters."""
NORMS = tuple(_NORMS)
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

REGISTERING = ("add_module", "register_module", "register_parameter")
"""Methods by which a module registers what it is given under a name."""

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

NAME_PREFIXES = {
    "torch.nn.DataParallel": "module.",
    "torch.nn.parallel.DataParallel": "module.",
    "torch.nn.parallel.DistributedDataParallel": "module.",
    "torch.nn.parallel.distributed.DistributedDataParallel": "module.",
    "apex.parallel.DistributedDataParallel": "module.",
    "torch.compile": "_orig_mod.",
    "torch.distributed.fsdp.FullyShardedDataParallel": "_fsdp_wrapped_module.",
}
"""What wrappers of models put in front of the names of their parameters."""

PARTS_OF_MODELS = frozenset(
    {
        "bert", "roberta", "distilbert", "albert", "electra", "deberta", "xlnet", "transformer", "encoder", "decoder",
        "embeddings", "base_model", "backbone", "features", "classifier", "fc", "conv1", "bn1", "layer1", "layer2",
        "layer3", "layer4", "head", "heads", "vision_model", "text_model", "visual", "avgpool",
        "layer", "layers", "block", "blocks", "h", "attention", "pooler",
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
    """Whether a class of that name surely has parameters of its own, or is one itself."""
    return name in LAYERS or name in _OF_PACKAGES or name == "Parameter"


def has_one_mode(name: str) -> bool:
    """Whether a layer of torch of that name is the same in training and evaluation mode, as its defaults make it."""
    if name.startswith("BatchNorm") or "Dropout" in name or name in ("DropPath", "SyncBatchNorm"):
        return False
    is_known = name in WITHOUT_PARAMETERS or name in _PARAMETERS or name in CONTAINERS
    return is_known or name.endswith(("Pool1d", "Pool2d", "Pool3d"))


def parameters_of_layer(name: str) -> tuple[tuple[str, int], ...]:
    """The parameters of a layer with their dimensions, as its defaults make them; () where these are not known."""
    return _PARAMETERS.get(name, ())


def norms_in(name: str) -> tuple[str, ...] | None:
    """The norm layers inside a class that is known to have no other; None where it may have some."""
    has_none = name in ("Identity", "Parameter") or (has_parameters(name) and name not in NORMS)
    return _NORMS_INSIDE.get(name, () if has_none else None)


def makes_model(name: str) -> bool:
    """Whether a function or a class of a library makes a model, by its qualified name: no tokenizer, no
    configuration."""
    last = name.rpartition(".")[2]
    is_of_transformers = name.startswith("transformers.") and not last.endswith(LOADED_WITHOUT_PARAMETERS_ENDS)
    return name.startswith(MODEL_MAKERS) or (is_of_transformers and _IS_MODEL.search(last) is not None)
