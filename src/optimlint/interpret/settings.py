"""Texts that code sets once: a literal, a constant, an attribute of a class or of a module of settings."""

import re

from optimlint.interpret.frame import Frame
from optimlint.interpret.values import Constant, Entity, Values
from optimlint.syntax import tree

_SETTERS = re.compile(r"\bsetattr\(|\.__dict__\b|\bvars\(")
"""What sets attributes under computed names."""


def text_set_once(frame: Frame, node: tree.Expression, values: Values) -> str:
    """The text that an expression with these values is; "" if it is not known, or if code in view may set another."""
    match node, values:
        case tree.Attribute(attr=tree.Name(value=name)), _:
            if not _may_be_text(values) or _is_set_again(frame, name):
                return ""
            return _text_of(_in_class(frame, values) or values)
        case _:
            return _text_of(values)


def _may_be_text(values: Values) -> bool:
    match values:
        case (Constant(value=str()) | Entity(parent=Entity(qualified_name=str())),):
            return True
        case _:
            return False


def _text_of(values: Values) -> str:
    match values:
        case (Constant(value=str() as text),):
            return text
        case _:
            return ""


def _in_class(frame: Frame, values: Values) -> Values:
    """What an attribute of a class of another file is bound to there; empty for other values."""
    match values:
        case (Entity(attribute=name, parent=Entity(qualified_name=str()) as owner),):
            pass
        case _:
            return ()
    if not frame.machine.others.code_of(owner).lstrip().startswith("class"):
        return ()
    classes = frame.machine.others.classes(owner)
    if len(classes) != 1:
        return ()
    return frame.world.attributes.get((classes[0].instance.representative().number, name), ())


def _is_set_again(frame: Frame, name: str) -> bool:
    """Whether code in view may set an attribute of that name on another object than its own `self`."""
    text = frame.world.layout.source
    if _SETTERS.search(text) is not None:
        return True
    assigned = rf"(?<!\bself)\.{re.escape(name)}\s*(?::[^=\n]+)?=(?!=)"
    among_others = rf"^[ \t]*[\w., \t]*(?<!\bself)\.{re.escape(name)}\b[\w., \t]*=(?!=)"
    return re.search(rf"{assigned}|{among_others}", text, re.MULTILINE) is not None
