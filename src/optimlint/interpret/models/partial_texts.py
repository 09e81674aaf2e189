"""Templates of partly known strings: `f"layer.{i}."`, `"layer." + str(i)`, `"layer.{}".format(i)`, `"layer.%d." %
i`."""

import re

from optimlint.facts.conditions import Always, Condition, NameTest, NameTestKind, both
from optimlint.interpret.values import Constant, Entity, Template, Values
from optimlint.syntax import tree

_FIELD = re.compile(r"\{[^{}]*\}")
_PLACEHOLDER = re.compile(r"%[-+ #0]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa]")
_SAYS_SOMETHING = re.compile(r"[^\W_]{2}")
"""Two adjacent letters or digits. Nearly every name contains a single dot."""
_MOST_PIECES = 20
_LONGEST = 400
"""The longest template, in characters. A string that is doubled repeatedly would grow without end."""


def template_of_formatted(node: tree.FormattedString, held: list[Values]) -> Template:
    """The template of an f-string; `held` are the values of its expressions in order."""
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
    """The template of concatenated strings."""
    return _joined([piece for values in operands for piece in _pieces(values)])


def template_of_format(text: str) -> Template:
    """The template of a string on which `format` is called."""
    return _split(text, _FIELD) if "{{" not in text and "}}" not in text else ()


def template_of_percent(text: str) -> Template:
    """The template of the string before a `%`."""
    return _split(text, _PLACEHOLDER) if "%%" not in text else ()


def template_test(template: Template, kind: NameTestKind) -> Condition | None:
    """A condition that every name meets which passes the test for a string of this form; None if there is none."""
    found: Condition = Always()
    for index, piece in enumerate(template):
        if piece is None or not _SAYS_SOMETHING.search(piece):
            continue
        is_first, is_last = index == 0, index == len(template) - 1
        # Drop dots next to unknown pieces: filters with `layer` and with `layer.` mean the same modules.
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
    """The values, with the template recorded if they are a single unnamed entity."""
    match values:
        case (Entity(qualified_name=None) as entity,) if template:
            entity.template = template
    return values


def template_in(values: Values) -> Template:
    """The template of a single value; () if it has none."""
    match values:
        case (Entity(template=template),):
            return template
        case _:
            return ()


def _pieces(values: Values) -> Template:
    """The pieces of a value that is inserted. Numbers are unknown, because they may change with each iteration of a
    loop."""
    match values:
        case (Constant(value=str(text)),):
            return (text,)
        case (Entity(template=template),) if template:
            return template
        case _:
            return (None,)


def _joined(pieces: list[str | None]) -> Template:
    """The pieces with adjacent ones joined; () if there are too many or all are unknown."""
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
