"""Torch's own layers by their class names: those that bring parameters, and those that hold other modules."""

NORMS = (
    "LayerNorm", "GroupNorm", "RMSNorm", "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "SyncBatchNorm",
)  # fmt: skip
"""Layers whose parameters begin as ones and zeros, whatever the seed."""

LAYERS = (
    "Linear", "Bilinear", "Embedding", "EmbeddingBag", "LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell",
    *NORMS, "PReLU", "MultiheadAttention", "Transformer", "TransformerEncoder", "TransformerEncoderLayer",
    "TransformerDecoder", "TransformerDecoderLayer", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d",
    "ConvTranspose2d", "ConvTranspose3d",
)  # fmt: skip
"""Layers that have parameters, as their defaults make them."""

CONTAINERS = ("Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict")
"""Modules that register what they are given."""

SAME_MODULE = frozenset(
    {
        "to", "cuda", "cpu", "train", "eval", "half", "float", "double", "bfloat16", "requires_grad_", "apply", "type",
        "share_memory", "xpu", "compile", "to_empty", "npu", "mps", "xla",
    }
)  # fmt: skip
"""Methods of a module that return the module itself."""

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
