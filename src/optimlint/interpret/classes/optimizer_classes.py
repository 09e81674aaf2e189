"""Optimizer classes of a source: the group keys that they read, and their defaults."""

from collections.abc import Iterator

from optimlint.interpret.classes.class_uses import dotted
from optimlint.interpret.literals import number_of, text_of
from optimlint.knowledge.catalog import Optimizer, find_optimizer
from optimlint.syntax import tree
from optimlint.syntax.tree import walk


def summarize_optimizer(node: tree.ClassDef, qualified_name: str, base_names: tuple[str, ...]) -> Optimizer:
    """The summary of an optimizer class by its own code and its known bases: the constructor's parameters, the group
    keys, the default of `weight_decay`."""
    keys = set(_read_keys(node))
    is_known = True
    default_decay: float | None = None
    has_decay: bool | None = None
    for name in base_names:
        base = find_optimizer(name)
        if base is not None:
            keys |= base.group_keys or frozenset()
            is_known = is_known and base.group_keys is not None
            default_decay, has_decay = base.default_decay, base.has_weight_decay
        elif name.rpartition(".")[2] not in ("Optimizer", "object"):
            is_known = False
    parameters, defaults = _constructor(node)
    if parameters:
        default_decay = defaults.get(
            "weight_decay", default_decay if base_names and default_decay is not None else None
        )
    if is_known and "weight_decay" not in keys:
        has_decay = False
    elif "weight_decay" in keys:
        has_decay = True
    return Optimizer(
        qualified_name,
        parameters[0] if parameters else "params",
        0,
        default_decay if has_decay else None,
        frozenset(keys) if is_known and keys else None,
        "its own source",
        has_decay,
        parameters or ("params", "lr"),
    )


def _read_keys(node: tree.ClassDef) -> Iterator[str]:
    """The literal keys in subscripts, `get` calls and dicts of the class."""
    for one in walk(node):
        match one:
            case tree.SubscriptElement(slice=tree.Index(value=tree.SimpleString() as key)):
                yield text_of(key)
            case tree.Call(func=tree.Attribute(attr=tree.Name(value="get" | "setdefault")), args=[first, *_]):
                if isinstance(first.value, tree.SimpleString):
                    yield text_of(first.value)
            case tree.Call(func=tree.Name(value="dict"), args=args):
                yield from (argument.keyword.value for argument in args if argument.keyword is not None)
            case tree.DictElement(key=tree.SimpleString() as key):
                yield text_of(key)


def _constructor(node: tree.ClassDef) -> tuple[tuple[str, ...], dict[str, float]]:
    """The constructor's positional parameters after `self`, and the defaults that are numbers."""
    if not isinstance(node.body, tree.IndentedBlock):
        return (), {}
    for part in node.body.body:
        if isinstance(part, tree.FunctionDef) and part.name.value == "__init__":
            listed = [*part.params.params, *part.params.kwonly_params]
            defaults = {
                one.name.value: float(number)
                for one in listed
                if isinstance(one.default, tree.Integer | tree.Float) and (number := number_of(one.default)) is not None
            }
            return tuple(one.name.value for one in part.params.params[1:]), defaults
    return (), {}


def base_names(node: tree.ClassDef) -> tuple[str, ...]:
    """The bases, as the class refers to them."""
    return tuple(dotted(argument.value) for argument in node.bases)
