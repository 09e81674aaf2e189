"""Texts of which a part is known: `f"layer.{i}."`, `"layer." + str(i)`, `"layer.{}".format(i)`, `"layer.%d." % i`."""

import re

from optimlint.facts.conditions import Always, Condition, NameTest, NameTestKind, both
from optimlint.interpret.values import Constant, Entity, Template, Values
from optimlint.syntax import tree

_FIELD = re.compile(r"\{[^{}]*\}")
_PLACEHOLDER = re.compile(r"%[-+ #0]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa]")
_SAYS_SOMETHING = re.compile(r"[^\W_]{2}")
"""Two letters or digits in a row: a dot alone is in nearly every name."""
_MOST_PIECES = 20
_LONGEST = 400
"""Characters of a text whose pieces are kept: one that is doubled again and again grows without end."""


def template_of_formatted(node: tree.FormattedString, held: list[Values]) -> Template:
    """The pieces of an f-string; `held` are the values of its expressions in turn."""
    pieces: list[str | None] = []
    expressions = iter(held)
    for part in node.parts:
        if isinstance(part, tree.FormattedStringText):
            is_plain = not any(mark in part.value for mark in ("\\", "{{", "}}"))
            pieces.append(part.value if is_plain else None)
        else:
            values = next(expressions, ())
            plain = isinstance(part, tree.FormattedStringExpression) and not part.format_spec and not part.conversion
            pieces.extend(_pieces(values) if plain else (None,))
    return _joined(pieces)


def template_of_sum(operands: list[Values]) -> Template:
    """The pieces of texts that are added."""
    return _joined([piece for values in operands for piece in _pieces(values)])


def template_of_format(text: str) -> Template:
    """The pieces of the text that `format` is called on."""
    return _split(text, _FIELD) if "{{" not in text and "}}" not in text else ()


def template_of_percent(text: str) -> Template:
    """The pieces of the text in front of a `%`."""
    return _split(text, _PLACEHOLDER) if "%%" not in text else ()


def template_test(template: Template, kind: NameTestKind) -> Condition | None:
    """What is surely true of a name that passes the test for some text of this form; None where that says nothing."""
    found: Condition = Always()
    for index, piece in enumerate(template):
        if piece is None or not _SAYS_SOMETHING.search(piece):
            continue
        is_first, is_last = index == 0, index == len(template) - 1
        # A dot beside what is unknown is left open: `layer` and `layer.` are one place to who writes filters.
        said = piece if is_first else piece.lstrip(".")
        said = said if is_last else said.rstrip(".")
        at = NameTestKind.CONTAINS
        if is_first and kind in (NameTestKind.STARTS, NameTestKind.EQUALS):
            at = NameTestKind.STARTS
        elif is_last and kind in (NameTestKind.ENDS, NameTestKind.EQUALS):
            at = NameTestKind.ENDS
        found = both(found, NameTest(at, said))
    return None if found == Always() else found


def with_template(values: Values, template: Template) -> Values:
    """The values, of which a text of its own is noted to have these pieces."""
    match values:
        case (Entity(qualified_name=None) as entity,) if template:
            entity.template = template
    return values


def template_in(values: Values) -> Template:
    """The pieces of the one text that values are, () where there is none, or nothing of it is known."""
    match values:
        case (Entity(template=template),):
            return template
        case _:
            return ()


def _pieces(values: Values) -> Template:
    """The pieces of what is filled in. A number may be another one in the next round of a loop."""
    match values:
        case (Constant(value=str(text)),):
            return (text,)
        case (Entity(template=template),) if template:
            return template
        case _:
            return (None,)


def _joined(pieces: list[str | None]) -> Template:
    """The pieces with neighbours joined; () where there are too many, or all are unknown."""
    if sum(len(piece) for piece in pieces if piece is not None) > _LONGEST:
        return ()
    joined: list[str | None] = []
    for piece in pieces:
        if joined and piece is not None and joined[-1] is not None:
            joined[-1] += piece
        elif piece is not None or not joined or joined[-1] is not None:
            joined.append(piece)
    return tuple(joined) if len(joined) <= _MOST_PIECES and any(joined) else ()


def _split(text: str, placeholder: re.Pattern[str]) -> Template:
    pieces: list[str | None] = []
    end = 0
    for match in placeholder.finditer(text):
        pieces.extend((text[end : match.start()] or None, None))
        end = match.end()
    return _joined([*pieces, text[end:] or None] if end else [])
