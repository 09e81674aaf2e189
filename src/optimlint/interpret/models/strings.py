"""Methods of literal strings."""

from optimlint.interpret.frame import Frame
from optimlint.interpret.kinds import Aspect, SequenceKind
from optimlint.interpret.making import new_sequence
from optimlint.interpret.models.collections import derived
from optimlint.interpret.models.contents import held_by
from optimlint.interpret.models.partial_texts import template_of_format, with_template
from optimlint.interpret.models.texts import joined_text
from optimlint.interpret.state import State
from optimlint.interpret.values import Constant, Element, Item, Sequence, Values, union
from optimlint.syntax import tree


def string_method(
    frame: Frame, state: State, node: tree.Call, owner: Constant, method: str, arguments: list[Values]
) -> Values:
    """The result of a method of a literal string. `"{}.{}".format(module_name, name)` and `".".join([module_name,
    name])` are full names."""
    names: list[Element] = []
    strings: list[str] = []
    for values in arguments:
        for value in values:
            if isinstance(value, Element) and value.what is Aspect.NAME:
                names.append(value)
            elif isinstance(value, Sequence):
                for held, _ in held_by(value):
                    names.extend(one for one in held if isinstance(one, Element) and one.what is Aspect.NAME)
                    strings.extend(
                        one.value for one in held if isinstance(one, Constant) and isinstance(one.value, str)
                    )
    if names:
        return (names[-1],)
    if method == "join" and strings and (joined := joined_text(str(owner.value), strings)) is not None:
        return (frame.world.make(node, "constant", frame.context, lambda: Constant(joined, node)),)
    if method == "split" and isinstance(owner.value, str) and not arguments:
        made = new_sequence(frame, state, node, SequenceKind.LIST)
        for index, word in enumerate(owner.value.split()):
            made.items[index] = Item((Constant(word, node),), False, state.branch, node)
        return (made,)
    made_of_it = derived(frame, node, union(*arguments))
    return with_template(made_of_it, template_of_format(str(owner.value))) if method == "format" else made_of_it
