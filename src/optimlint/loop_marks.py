"""Byte-level pre-checks for sources that compute no gradients themselves: loops that call training and evaluation
functions of other files, and hooks of a framework that trains."""

import re

from optimlint.text import places

_HOOK = b"def configure_optimizers("
_NEXT = re.compile(rb"^(?:[ \t]*(?:async[ \t]+)?(?:def|class)\b|[ \t]*@|[^ \t\r\n#)])", re.MULTILINE)
_CALLS = (re.compile(rb"train(?!ed\()\w*+\("), re.compile(rb"fit\w*+\("))
_BEFORE = re.compile(rb"(?:^|[^\w.])((?:\w+\.)?)(\w*)\Z")
_LOOP = re.compile(rb"\n[ \t]*(?:for|while)\b")
_LONGEST_NAME = 60
_NEAR = 2_000
"""How far before a call its loop may begin, and how far after it the loop may evaluate, in bytes."""


def may_forget_return(source: bytes) -> bool:
    """Whether some `configure_optimizers` has no `return`."""
    return any(b"return" not in _body(place, source) for place in places(_HOOK, source))


def _body(place: int, source: bytes) -> bytes:
    """The code of the function that is defined at a place, up to the next definition or the end of its class."""
    end = _NEXT.search(source, place + len(_HOOK))
    return source[place : end.start() if end else len(source)]


def leads_training(source: bytes) -> bool:
    """Whether a loop may call a training function of another file and, after that, an evaluation function. Both are
    imported, or are methods of an object that is created here."""
    if b"\nfrom " not in source and b"\nimport " not in source and not source.startswith((b"from ", b"import ")):
        return False
    return any(_leads(called, source) for call in _CALLS for called in call.finditer(source))


def _leads(called: re.Match[bytes], source: bytes) -> bool:
    place = called.start()
    start = source.rfind(b"\n", 0, place) + 1
    if source[start : start + 1] not in (b" ", b"\t"):
        return False
    before = _BEFORE.search(source, max(start, place - _LONGEST_NAME), place)
    if before is None or before[1] == b"self." or _LOOP.search(source, max(0, start - _NEAR), start) is None:
        return False
    owner, name = before[1], before[2] + source[place : called.end() - 1]
    if not (_is_made(owner[:-1], source) if owner else _is_imported(name, source)):
        return False
    evaluates = rb"(?<![\w.])%b\w*(?:eval|valid|test)\w*\(" % re.escape(owner)
    return re.search(evaluates, source[called.end() : called.end() + _NEAR]) is not None


def _is_made(name: bytes, source: bytes) -> bool:
    """Whether a name is bound to an instance of some class."""
    return re.search(rb"\b%b[ \t]*=[ \t]*(?:\w+\.)*_*[A-Z]\w*\(" % name, source) is not None


def _is_imported(name: bytes, source: bytes) -> bool:
    if b"def " + name in source:
        return False
    return (
        re.search(rb"^[ \t]*(?:from[^\n]*import[^\n]*\b%b\b|%b,?[ \t]*\r?$)" % (name, name), source, re.M) is not None
    )
