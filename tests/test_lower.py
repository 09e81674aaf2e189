"""The lowered form of LibCST's tree, with the positions that LibCST computes by generating the code."""

import inspect
from collections.abc import Iterator

import libcst as cst
import pytest
from every import for_each
from fixtures_support import cases
from libcst._nodes.internal import CodegenState

from optimlint.syntax import tree
from optimlint.syntax.lower import UnknownSyntax, _plan, _target, lower

# Syntax that is rare in training code.
RARE = '''\
from __future__ import annotations
from . import (a as b, c,)
from .. x import *
import os.path as p, sys ; x = 1 ; del x, p
@ decorated ( 1 ) # why
async def f [T: int, *Ts, **P = 3] (a, /, b: int = 1, *, c = ..., **d) -> None :
    async with (a as b, c,) : pass
    async for x in y: await z
    else: return
    return
class C [T] (B, metaclass = M) :

    """Text"""  "and more"
    x: int; y : str = 'a'  # comment
    def g(self, *args): yield; x = yield from a
type A [T] = list[T]
try : pass
except* (E) as e : raise X from e
else: global q, r
finally : pass
try: pass
except: raise
match a, * b :  # by kind
    # alone
    case [1, *_] | {"k": v, ** rest} | C(x, y = 2) if v : pass
    case ( None ) as n: pass
    case _ : pass
    case {**rest}: pass
while not a : break
else : continue
if a :
\tpass
elif (b) : pass
elif c:
  pass
else: nonlocal_ = 3
x = lambda a, *b, c=1 : (yield)
assert x, "y"
y = [ * a, 1 ][ 1 : 2 : , ... ] ; z = { ** d, 'a' : 1, } ; w = {1, 2}; t = ()
f"{ a ! r : >{ width } }{b=}" rf'{c}' "d"
(a if b else c) != d if False else 1 // 2 @ 3 << 4
q = {k: v for k, v in a if b if c async for d in e}
s = {x for x in a}; g = (x for x in y for z in x); n = not - + ~ a; c = a is not b not in d
a += 1; a @= 2; a //= 3; a >>= 1; a **= 2
if (n := 10) > 5 != 3 : print(* a, ** b, c = 1, )
x = 1e3 + 2j + 0x_ff
t"{ a ! r }"

  # the end'''


class _Recording(CodegenState):
    """Records which tokens belong to which node while the code is generated."""

    def __init__(self, module: cst.Module) -> None:
        super().__init__(module.default_indent, module.default_newline)
        self.tokens_of: list[tuple[cst.CSTNode, int, int]] = []
        self._started: list[int] = []

    def before_codegen(self, node: cst.CSTNode) -> None:
        self._started.append(len(self.tokens))

    def after_codegen(self, node: cst.CSTNode) -> None:
        self.tokens_of.append((node, self._started.pop(), len(self.tokens)))


def _disagreements(text: str) -> Iterator[str]:
    module = cst.parse_module(text)
    recording = _Recording(module)
    module._codegen(recording)
    offsets = [0]
    for token in recording.tokens:
        offsets.append(offsets[-1] + len(token))
    lowered = lower(module, text)
    if lowered.written is None and module.code != text:
        yield "is said to be exact, and is not"
    last = offsets[-1]
    wanted = [
        (node, offsets[first], offsets[min(behind, len(offsets) - 1)])
        for node, first, behind in recording.tokens_of
        if type(node) is cst.Annotation or _target(type(node)) is not None
    ]
    for (node, start, end), made in zip(wanted, lowered.nodes, strict=True):
        if not isinstance(made, _target(type(node)) or tree.Annotation):
            yield f"{type(node).__name__} becomes {type(made).__name__}"
        if (min(made.start, last), min(made.end, last)) != (start, end):
            yield f"{type(node).__name__}: {made.start}-{made.end}, not {start}-{end}: {text[start:end]!r}"
    held = {id(one) for one in (*lowered.comments, *tree.walk(lowered.module))}
    lost = [one for one in lowered.nodes if id(one) not in held]
    if lost:
        yield f"{lost[0]} is in no node"


def _sources() -> Iterator[str]:
    for case in cases():
        for file, content in case.read().items():
            if file.endswith(".py"):
                yield content.decode("utf-8", "replace")


@pytest.mark.long
def test_spans_of_all_fixtures() -> None:
    compared = 0
    for text in _sources():
        try:
            wrong = list(_disagreements(text))
        except cst.ParserSyntaxError:
            continue
        assert not wrong, "\n".join(wrong)
        assert (
            lower(cst.parse_module(text), text).written is None
            or "\f" in text
            or not text.strip()
            or text[0] == "\ufeff"
        )
        compared += 1
    assert compared > 200


@pytest.mark.parametrize("ending", ["", "\n", "\n\n", "\n# c", "\n    ", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff", "# c\n", "\n\n", "\f", "#!x\n\n'''d'''\n"])
def test_spans_of_rare_syntax(start: str, ending: str) -> None:
    lines = RARE.split("\n")
    statements = 0
    for first in range(len(lines)):
        if lines[first][:1].isspace() or lines[first].startswith(("else", "elif", "except", "finally", "@")):
            continue
        block = [lines[first]]
        for line in lines[first + 1 :]:
            if (
                line
                and not line[0].isspace()
                and not line.startswith(("else", "elif", "except", "finally", "async def"))
            ):
                break
            block.append(line)
        text = start + "\n".join(block).rstrip() + ending
        try:
            wrong = list(_disagreements(text))
        except cst.ParserSyntaxError:
            continue
        assert not wrong, text + "\n" + "\n".join(wrong)
        statements += 1
    assert statements > 20


@for_each(
    [
        kind
        for name, kind in sorted(vars(cst).items())
        if inspect.isclass(kind) and issubclass(kind, cst.CSTNode) and not inspect.isabstract(kind)
        if not name.startswith("Base") and name not in ("CSTNode", "Annotation", "FunctionType")
    ],
    lambda kind: kind.__name__,
)
def test_each_kind_of_node_has_a_template(kind: type[cst.CSTNode]) -> None:
    plan = _plan(kind)
    fields = {name for _, name, _, _ in plan.steps} - {""}
    kept = {place for _, _, _, place in plan.steps if place >= 0}
    if plan.makes is not None and "parts" not in tree.part_fields(plan.makes):
        assert len(kept) == len(tree.part_fields(plan.makes)), "some argument is never given"
    assert fields <= set(kind.__dataclass_fields__), "a template names a field that there is not"


def test_kind_without_template_is_named() -> None:
    class Newer(cst.Name):
        """A node kind of a later LibCST."""

    with pytest.raises(UnknownSyntax, match="Newer"):
        _plan(Newer)
