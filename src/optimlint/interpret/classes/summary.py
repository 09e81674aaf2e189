"""A class of a text that stands elsewhere, as its code shows it."""

from optimlint.facts.project import ModelClass
from optimlint.interpret.classes.model_classes import is_model_class, summarize_class
from optimlint.interpret.classes.optimizer_classes import base_names, summarize_optimizer
from optimlint.knowledge.catalog import Optimizer
from optimlint.knowledge.optimizer_words import is_optimizer_base
from optimlint.syntax import tree
from optimlint.syntax.parse import parse
from optimlint.text import Unparseable


def model_or_optimizer(text: str, name: str) -> ModelClass | Optimizer | None:
    """The class of that name in `text`, as its code shows it; None where there is none, or it is neither."""
    parsed = parse(text)
    if isinstance(parsed, Unparseable):
        return None
    classes = {node.name.value: node for node in parsed.module.body if isinstance(node, tree.ClassDef)}
    node = classes.get(name)
    if node is None:
        return None

    def find(_: tree.ClassDef, other: str) -> tree.ClassDef | None:
        return classes.get(other)

    if is_model_class(node, find):
        return summarize_class(node, find, lambda _: None)
    bases = base_names(node)
    return summarize_optimizer(node, name, bases) if any(map(is_optimizer_base, bases)) else None
