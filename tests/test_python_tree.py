"""What Python's own tree becomes is what LibCST's becomes, at the same places."""

import ast
import warnings
from collections.abc import Iterator

import pytest
from fixtures_support import cases

from optimlint.syntax import tree
from optimlint.syntax.by_libcst import parse_by_libcst
from optimlint.syntax.layout import Layout, Parsed
from optimlint.syntax.outline import outline_of, whole
from optimlint.syntax.parse import parse, parse_beside
from optimlint.syntax.python_statements import Statements
from optimlint.syntax.tokens import LINE_END, CannotConvert, Tokens
from optimlint.text import Lines

EXPRESSIONS = r"""
a . b [ 1 : 2 : , ... ] [ ( x , y ) ] [ x , ] [ * a , 1 ] [ : ] [ ( p ) : ( q ) ]
( ( a ) ) + ( b ) * - ( c ) ** ~ d // e @ f
not ( a and b or c and not d ) or ( e , ) or ( ( f , g ) ) or ( )
a < b <= ( c ) != d is not e not in f in g is h
f ( ) ( a , * b , c = ( 1 ) , ** d , ) ( x for x in y if z ) ( ( x for x in y ) ) ( ( x ) for x in y )
f((a), (b), k=(c),)
[ a , * b , ( c ) , ] + [ ] + [ [ 1 ] , ]
{ a : b , ** c , ( d ) : ( e ) , } | { } | { 1 , * a , } | { ** z }
{ k : v for k , v in a if b if ( c ) for d in e } or { x for x in ( a , b ) }
[ ( x , y ) for x in a for y in ( b ) if ( c ) ]
lambda : 0
lambda a , / , b : 1
lambda a , * , b = ( 1 ) , ** c : ( yield )
lambda * a , b : a
( n := 10 ) + f ( n := ( 2 ) )
a if ( b ) else ( c if d else e )
1 + 2.5 - 3j * 0x_ff / 1e-3 + .5 + 5. + 0xe-1 + ... + None
'a' "b" r'\d' == b'c' b"d" == ( 'a' 'b' ) == 'x'
( "a"  # one
  'b'  # two
  f"c{d}" )
f"{a!r:>{width}}{b=}{{x}}{ c [ 'k' ] } {d:%H:%M} {x!s} {(lambda: 1)()} {a != b} {a, b}" rf'\d{c}\{d}' "e"
f'{x:{y}.{z}f}\N{BULLET}\n{x}' F"" f"{ '}' }" f"{ {'a': 1}['a'] }" f"{a:=^10}" f"{a == b}"
f'''
{a
} text {  b + 1  }
'''
"ü" + ü.ö ( ä ) + f"ü{ö}" + 'ü' [ ä ]
"""
STATEMENTS = r"""
from __future__ import annotations
from . import ( a as b , c , )
from .. x . y import *
from ... import d
import os . path as p , sys ; x = 1 ; del x , p
del ( a , b ) ; del a , ; del ( a ) ;
@ decorated ( 1 ) # why
# more
@ ( plain )
async def f ( a , / , b : int = 1 , * , c = ... , ** d ) -> ( None ) :
    async with ( a as b , c , ) : pass
    async for x in y : await z
    else : return
    return ( x )
def g ( * args : int , k , ** kw , ) : ...
def h ( a = ( 1 ) , * , b : "s" , ) : return a , b
class C ( B , * D , metaclass = ( M ) , ** k ) :

    '''Text'''  "and more"
    x : int ; y : str = 'a'  # comment
    def g ( self , * args ) : yield ; x = yield ( a ) ; yield from b
class D : pass
class E ( ) : pass
try : pass
except ( E ) as e : raise X from e
except (A, B): raise
else : global q , r
finally : pass
try : pass
except * E as e : pass
with ( a ) : pass
with ( a ) as b , c as ( d , e ) : pass
with ( a , b ) : pass
with open ( x ) as y : pass
with ( yield x ) as z : pass
while not a : break
else : continue
if a :
	pass
elif ( b ) : pass
elif c :
  if d : pass
  else : pass
else :
  if e : pass
x = y = ( z ) = 1 , ; a , * b = c ; ( d , ) = [ e , f ] = 3
a += 1 ; a @= ( 2 ) ; a |= 3 ; a . b -= 4
assert ( x ) , "y" ; assert z
nonlocal_ = 3 ; print ( * a , ** b , c = 1 , ) ; raise
for ( i ) , j in ( 1 , 2 ) , 3 : pass
for i in * a , b : pass
return_ = 5
( a , b ) = c
[ a ] = b
{ a } ; ( yield_ )
x = [  # comment
    1 ,  # one
    # two
    2
]  # end
if 1 : # c
    # c
    pass
    # c
  # d
# e
""".replace("    global q", "    pass")


def _converted(text: str) -> tree.Module:
    with warnings.catch_warnings(action="ignore"):
        module = ast.parse(text)
    return Statements(text, Lines(text).starts, Tokens(text, [(0, len(text))]), lambda *_: None).module(module)


_LOOSE = (tree.SimpleStatementLine, tree.CompoundStatement, tree.Suite, tree.Else, tree.ExceptHandler, tree.Finally)
"""What has the comments above it, or behind it, in LibCST's tree."""


def _differences(text: str, mine: tree.Node, other: tree.Node) -> Iterator[str]:
    pending = [(mine, other)]
    while pending:
        one, two = pending.pop()
        where = f"at {one.start}: {text[one.start : one.end]!r}"
        if type(one) is not type(two):
            yield f"{type(one).__name__}, not {type(two).__name__}, {where}"
            continue
        loose = isinstance(one, (*_LOOSE, tree.Decorator, tree.Module))
        # LibCST gives white space to one of two neighbours, not always to the same one.
        if not loose and text[one.start : one.end].strip() != text[two.start : two.end].strip():
            yield f"{type(one).__name__}, not {text[two.start : two.end]!r}, {where}"
        if isinstance(one, tree.Expression) and isinstance(two, tree.Expression):
            exact = (one.start, one.end, one.lpar) == (two.start, two.end, two.lpar)
            if not exact and not isinstance(one, tree.StarredElement):
                yield f"{type(one).__name__}: {two.start}-{two.end} with {two.lpar}, {where}"
        for field in tree.part_fields(type(one)):
            held, wanted = getattr(one, field), getattr(two, field)
            if isinstance(held, tuple) and isinstance(wanted, tuple):
                if len(held) != len(wanted):
                    yield f"{len(held)} {field}, not {len(wanted)}, {where}"
                pending += zip(held, wanted, strict=False)
            elif isinstance(held, tree.Node) and isinstance(wanted, tree.Node):
                pending.append((held, wanted))
            elif held != wanted:
                yield f"{field} {held!r}, not {wanted!r}, {where}"


def _compare(text: str) -> bool:
    """Whether the source could be compared; it is alike then."""
    try:
        made = _converted(text)
    except (SyntaxError, ValueError, CannotConvert):
        return False
    other = parse_by_libcst(text, whole(text))
    if not isinstance(other, Parsed):
        return False
    wrong = list(_differences(text, made, other.module))
    assert not wrong, "\n".join(wrong)
    comments = [(text[start:end]) for start, end in Tokens(text, [(0, len(text))]).comments]
    assert comments == [one.text for one in other.layout.comments()]
    return True


def _pieces(text: str) -> Iterator[str]:
    """The top statements of a text, each by itself."""
    lines = text.strip("\n").split("\n")
    starts = [
        min([one.lineno, *(each.lineno for each in getattr(one, "decorator_list", ()))]) - 1
        for one in ast.parse(text.strip("\n")).body
    ]
    for start, end in zip([0, *starts[1:]], [*starts[1:], len(lines)], strict=True):
        yield "\n".join(lines[start:end])


def test_fixtures_become_the_same() -> None:
    sources = [
        content.decode("utf-8", "replace")
        for case in cases()
        for file, content in case.read().items()
        if file.endswith(".py")
    ]
    assert sum(map(_compare, sources)) > 200


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "  # c\n\n", "\n# ü\n"])
@pytest.mark.parametrize("start", ["", "\n\n", "\f", "'ü'; ", "x = 1\n", "# c\n", "if 1:\n "])
def test_expressions_become_the_same(start: str, end: str) -> None:
    for piece in _pieces(EXPRESSIONS):
        assert _compare(f"{start}{piece}{end}"), piece


@pytest.mark.parametrize("end", ["", "\n", "  # c\n\n"])
@pytest.mark.parametrize("start", ["", "\n\n", "# c\n", "'ü'; x = 2\n"])
def test_statements_become_the_same(start: str, end: str) -> None:
    for piece in _pieces(STATEMENTS.replace("import annotations", "import b")):
        assert _compare(f"{start}{piece}{end}"), piece


def test_line_ends_become_the_same() -> None:
    text = "def f(a):\n    # one\n    if a:\n        return '''x\ny'''  # two\n    return (a,\n        2)\n"
    for line_end in ("\r\n", "\r"):
        assert _compare(text.replace("\n", line_end))


SCRIPT = '''\
import torch


class Trainer:  # noqa: X
    def __init__(self, model):  # made here
        # why
        named = [(n, p) for n, p in model.named_parameters()]
        groups = [{"params": [p for n, p in named if "bias" not in n]}]  # noqa
        self.optimizer = torch.optim.AdamW(groups)

    @property
    def two(self): return [1, 2]


async def later(a=1):
    """Text."""
    async with a as b: return b
'''


def test_bodies_that_are_lowered_later_are_the_same() -> None:
    outline = outline_of(SCRIPT)
    assert outline is not None and outline.module is not None and outline.functions
    later, other = parse(SCRIPT, outline), parse_by_libcst(SCRIPT, whole(SCRIPT))
    assert isinstance(later, Parsed) and isinstance(other, Parsed)
    assert not list(_differences(SCRIPT, later.module, other.module))
    assert later.layout.comments() == other.layout.comments()


@pytest.mark.parametrize("body", ["match a:\n        case [x]: return x", 'return f\'{a["k"]}\' f"{a}"', "return (a)"])
def test_what_python_tells_too_little_of_is_asked_of_libcst(body: str) -> None:
    text = f"def f(model, a):\n    print([p for n, p in model.named_parameters() if n])\n    {body}\nAdamW(x, lr=1)\n"
    parsed = parse(text)
    assert isinstance(parsed, Parsed)
    other = parse_by_libcst(text, whole(text))
    assert isinstance(other, Parsed)
    assert not list(_differences(text, parsed.module, other.module))


def test_lines_begin_behind_their_ends() -> None:
    text = "a\r\nb\rc\n\n"
    assert list(Lines(text).starts) == [0, *(match.end() for match in LINE_END.finditer(text))]


@pytest.mark.parametrize("is_whole", [True, False])
def test_another_file_stands_behind_the_first(is_whole: bool) -> None:
    layout = Layout("x = 'ü'\n")
    outline = whole(SCRIPT) if is_whole else outline_of(SCRIPT)
    assert outline is not None
    module = parse_beside(layout, "other.py", SCRIPT, outline)
    assert isinstance(module, tree.Module)
    names = [node for node in tree.walk(module) if isinstance(node, tree.Name)]
    assert len(names) > 30 and all(layout.text(node) == node.value for node in names)
    alone = parse(SCRIPT)
    assert isinstance(alone, Parsed)
    assert [one.text for one in layout.comments("other.py")] == [one.text for one in alone.layout.comments()]
