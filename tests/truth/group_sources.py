"""Writes random sources that group the parameters of one small model and give them to an optimizer.

Only shapes that optimlint promises to read are written, so whatever it does not know of such a source is a fault. The
sources are functions `make_optimizer(model)`; `build_model` makes the model that they are called with.
"""

from dataclasses import dataclass, field

import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from torch import nn

from optimlint.facts.models import ModelClass, SubModule

FRAGMENTS = (
    "bias",
    "weight",
    "LayerNorm",
    "LayerNorm.weight",
    "norm",
    "encoder",
    "encoder.first",
    "second",
    "head",
    "head.bias",
    "scale",
    "embed",
    "absent",
)
"""What the filters look for: parts of names, whole names, one inside another, and one that no name has."""

WHOLE_NAMES = (
    "head.bias",
    "encoder.first.attention.weight",
    "norm.weight",
    "scale",
    "bias",
    "LayerNorm.weight",
    "absent",
)
"""What whole names are compared with: names that there are, and fragments that were never a whole name."""

SUB_MODULES = ("embed", "encoder", "encoder.first", "encoder.second", "norm", "head")
VALUES = (0.0, 0.01, 0.05, 0.5)


def build_model() -> nn.Module:
    """A model with two of everything: names within names, matrices and vectors, a scalar, a frozen table."""

    def layer() -> nn.Module:
        return nn.ModuleDict({"attention": nn.Linear(2, 2), "LayerNorm": nn.LayerNorm(2)})

    model = nn.ModuleDict(
        {
            "embed": nn.Embedding(3, 2),
            "encoder": nn.ModuleDict({"first": layer(), "second": layer()}),
            "norm": nn.LayerNorm(2),
            "head": nn.Linear(2, 2),
        }
    )
    model.register_parameter("scale", nn.Parameter(torch.tensor(1.0)))
    model["embed"].weight.requires_grad = False
    return model


def names_within(text: str, model: nn.Module) -> dict[str, str]:
    """The parameters' names as the part of the model meant by `text` says them, each with the whole model's name."""
    whole = {id(parameter): name for name, parameter in model.named_parameters()}
    owner = eval(text, {"model": model})
    if isinstance(owner, nn.Parameter):
        return {"": whole[id(owner)]}
    return {name: whole[id(parameter)] for name, parameter in owner.named_parameters()}


def _layer(name: str, kind: str, *parts: SubModule, is_frozen: bool = False) -> SubModule:
    return SubModule(name, kind, is_used=True, is_frozen=is_frozen, has_parameters=True, parts=parts)


def _block(name: str) -> SubModule:
    return _layer(name, "", _layer("attention", "nn.Linear"), _layer("LayerNorm", "nn.LayerNorm"))


MODEL_CLASS = ModelClass(
    "Model",
    (
        _layer("embed", "nn.Embedding", is_frozen=True),
        _layer("encoder", "", _block("first"), _block("second")),
        _layer("norm", "nn.LayerNorm"),
        _layer("head", "nn.Linear"),
        _layer("scale", "nn.Parameter"),
    ),
    is_closed=True,
)
"""The model as its class would show it."""


@dataclass(slots=True)
class Writer:
    """The lines of the function's body so far, and the helpers written before it."""

    body: list[str] = field(default_factory=list)
    helpers: list[str] = field(default_factory=list)
    names: int = 0

    def name(self, stem: str) -> str:
        """A name that is not used yet."""
        self.names += 1
        return f"{stem}_{self.names}"


@st.composite
def sources(draw: DrawFn) -> str:
    """The text of one module with `make_optimizer(model)`."""
    writer = Writer()
    layout = draw(st.sampled_from((_independent, _partition, _quarters, _loop, _sub_modules)))
    selections = draw(layout(writer))
    groups = draw(_written(writer, selections))
    optimizer, call = draw(_call(groups))
    writer.body.append(f"return {call}")
    return "\n".join(
        [
            f"from torch.optim import {optimizer}",
            "",
            *writer.helpers,
            "",
            "def make_optimizer(model):",
            *(f"    {line}" for line in writer.body),
            "",
        ]
    )


# What a filter asks: expressions over a name `n` and a parameter `p`.


def _conditions(writer: Writer) -> SearchStrategy[str]:
    return st.recursive(_tests(writer), _combined, max_leaves=3)


def _combined(operands: SearchStrategy[str]) -> SearchStrategy[str]:
    return st.one_of(
        operands.map(lambda one: f"not ({one})"),
        st.tuples(operands, operands).map(lambda two: f"({two[0]}) and ({two[1]})"),
        st.tuples(operands, operands).map(lambda two: f"({two[0]}) or ({two[1]})"),
    )


@st.composite
def _tests(draw: DrawFn, writer: Writer) -> str:
    kind = draw(st.sampled_from(("contains", "ends", "equal", "member", "any", "dimension", "gradient", "helper")))
    fragment = draw(st.sampled_from(FRAGMENTS))
    several = draw(st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=3, unique=True))
    whole = draw(st.lists(st.sampled_from(WHOLE_NAMES), min_size=1, max_size=3, unique=True))
    match kind:
        case "contains":
            return f'"{fragment}" {draw(st.sampled_from(("in", "not in")))} n'
        case "ends":
            sought = draw(st.sampled_from((f'"{fragment}"', f"({', '.join(map(_quoted, several))},)")))
            return f"n.{draw(st.sampled_from(('startswith', 'endswith')))}({sought})"
        case "equal":
            return f'n {draw(st.sampled_from(("==", "!=")))} "{whole[0]}"'
        case "member":
            return f"n {draw(st.sampled_from(('in', 'not in')))} [{', '.join(map(_quoted, whole))}]"
        case "any":
            return draw(_over_several(writer, several))
        case "dimension":
            return draw(
                st.sampled_from(("p.ndim < 2", "p.dim() >= 2", "len(p.shape) == 1", "p.ndim <= 1", "p.ndim > 1"))
            )
        case "gradient":
            return "p.requires_grad"
    helper = writer.name("is_spared")
    writer.helpers += [f"def {helper}(name):", f'    return "{fragment}" in name or name.endswith("{several[0]}")', ""]
    return f"{helper}(n)"


@st.composite
def _over_several(draw: DrawFn, writer: Writer, several: list[str]) -> str:
    literal = f"[{', '.join(map(_quoted, several))}]"
    if draw(st.booleans()):
        name = writer.name("no_decay")
        writer.body.append(f"{name} = {literal}")
        literal = name
    return draw(
        st.sampled_from(
            (
                f"any(nd in n for nd in {literal})",
                f"not any(nd in n for nd in {literal})",
                f"all(nd not in n for nd in {literal})",
                f"any(n.endswith(nd) for nd in {literal})",
            )
        )
    )


def _quoted(text: str) -> str:
    return f'"{text}"'


# How the parameters are chosen: each layout yields expressions, one a group.


@st.composite
def _independent(draw: DrawFn, writer: Writer) -> list[str]:
    """Groups whose filters have nothing to do with one another."""
    conditions = [draw(_conditions(writer)) for _ in range(draw(st.integers(1, 3)))]
    return draw(_comprehensions(writer, conditions))


@st.composite
def _partition(draw: DrawFn, writer: Writer) -> list[str]:
    """Two groups, mostly the two sides of one filter."""
    condition = draw(_conditions(writer))
    return draw(_comprehensions(writer, [condition, f"not ({condition})"]))


@st.composite
def _quarters(draw: DrawFn, writer: Writer) -> list[str]:
    """The four quarters that two filters make, or only some of them."""
    first, second = draw(_tests(writer)), draw(_tests(writer))
    quarters = [
        f"({first}) and ({second})",
        f"({first}) and not ({second})",
        f"not ({first}) and ({second})",
        f"not ({first}) and not ({second})",
    ]
    kept = draw(st.lists(st.sampled_from(quarters), min_size=2, max_size=4, unique=True))
    return draw(_comprehensions(writer, kept))


@st.composite
def _loop(draw: DrawFn, writer: Writer) -> list[str]:
    """Lists that one loop fills, with or without an `else`."""
    conditions = [draw(_conditions(writer)) for _ in range(draw(st.integers(1, 3)))]
    places = [writer.name("chosen") for _ in conditions]
    has_else, skips_frozen = draw(st.booleans()), draw(st.booleans())
    rest = [writer.name("chosen")] if has_else else []
    writer.body += [f"{place} = []" for place in places + rest]
    writer.body.append("for n, p in model.named_parameters():")
    if skips_frozen:
        writer.body += ["    if not p.requires_grad:", "        continue"]
    for index, (condition, place) in enumerate(zip(conditions, places, strict=True)):
        writer.body += [f"    {'elif' if index else 'if'} {condition}:", f"        {place}.append(p)"]
    if has_else:
        writer.body += ["    else:", f"        {rest[0]}.append(p)"]
    return places + rest


@st.composite
def _sub_modules(draw: DrawFn, writer: Writer) -> list[str]:
    """All of some sub-modules, two sides of a filter within one, and a parameter by itself."""
    selections = ["[model.scale]"] if draw(st.booleans()) else []
    for path in draw(st.lists(st.sampled_from(SUB_MODULES), min_size=1, max_size=3, unique=True)):
        if draw(st.booleans()):
            selections.append(f"model.{path}.parameters()")
        else:
            condition = draw(_tests(writer))
            selections += [
                f"[p for n, p in model.{path}.named_parameters() if {condition}]",
                f"[p for n, p in model.{path}.named_parameters() if not ({condition})]",
            ]
    return selections


@st.composite
def _comprehensions(draw: DrawFn, writer: Writer, conditions: list[str]) -> list[str]:
    """One comprehension a condition, over the model or over a list of its named parameters."""
    stream = "model.named_parameters()"
    kept = draw(st.sampled_from(("", "", "list", "gradient")))
    if kept:
        name = writer.name("named")
        listed = f"list({stream})" if kept == "list" else f"[(n, p) for n, p in {stream} if p.requires_grad]"
        writer.body.append(f"{name} = {listed}")
        stream = name
    selections = [f"[p for n, p in {stream} if {condition}]" for condition in conditions]
    if draw(st.booleans()):
        places = [writer.name("chosen") for _ in selections]
        writer.body += [f"{place} = {selection}" for place, selection in zip(places, selections, strict=True)]
        return places
    return selections


# How the groups and the optimizer are written.


@st.composite
def _written(draw: DrawFn, writer: Writer, selections: list[str]) -> str:
    """The group list as an expression, in place or behind a name."""
    groups = [draw(_group(writer, selection)) for selection in selections]
    form = draw(st.sampled_from(("inline", "named", "appended", "extended", "sum")))
    if form == "inline":
        return f"[{', '.join(groups)}]"
    place = writer.name("groups")
    match form:
        case "named":
            writer.body.append(f"{place} = [{', '.join(groups)}]")
        case "appended":
            writer.body.append(f"{place} = []")
            writer.body += [f"{place}.append({group})" for group in groups]
        case "extended":
            writer.body.append(f"{place} = [{groups[0]}]")
            writer.body += [f"{place} += [{group}]" for group in groups[1:]]
        case "sum":
            writer.body.append(f"{place} = [{groups[0]}] + [{', '.join(groups[1:])}]")
    return place


@st.composite
def _group(draw: DrawFn, writer: Writer, selection: str) -> str:
    settings = [("params", selection)]
    for key in ("weight_decay", "lr"):
        value = draw(st.sampled_from((None, *VALUES)))
        if value is None:
            continue
        text = repr(value)
        if draw(st.booleans()):
            text = writer.name("value")
            writer.body.append(f"{text} = {value!r}")
        settings.append((key, text))
    if draw(st.booleans()):
        return f"dict({', '.join(f'{key}={text}' for key, text in settings)})"
    return "{" + ", ".join(f'"{key}": {text}' for key, text in settings) + "}"


@st.composite
def _call(draw: DrawFn, groups: str) -> tuple[str, str]:
    """The optimizer's name and its construction."""
    optimizer = draw(st.sampled_from(("AdamW", "Adam", "SGD", "NAdam", "RMSprop", "Adagrad")))
    lr, decay = draw(st.sampled_from((None, 0.001, 0.1))), draw(st.sampled_from((None, *VALUES)))
    arguments = [f"params={groups}" if draw(st.booleans()) and lr is None else groups]
    if lr is not None:
        arguments.append(draw(st.sampled_from((f"lr={lr}", f"{lr}"))))
    elif optimizer == "SGD" and draw(st.booleans()):
        arguments.append("momentum=0.5")
    if decay is not None:
        arguments.append(f"weight_decay={decay}")
    return optimizer, f"{optimizer}({', '.join(arguments)})"
