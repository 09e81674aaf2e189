"""Nesting that overflows recursive parsers or takes them too long is refused before anything parses it."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from optimlint import check_source
from optimlint.nesting import exhausts_python, unsafe_nesting

Shape = Callable[[int], str]


def wrapped(before: str, core: str = "a", after: str = "") -> Shape:
    return lambda depth: f"x = {before * depth}{core}{after * depth}"


def blocks(*heads: str) -> Shape:
    """Nested blocks. Each begins with these lines, the last of which opens it."""

    def shape(depth: int) -> str:
        lines = (f"{' ' * level}{head}" for level in range(depth) for head in heads)
        return "\n".join([*lines, " " * depth + "pass"])

    return shape


def pattern(before: str, after: str) -> Shape:
    return lambda depth: f"match x:\n case {before * depth}1{after * depth}: pass"


NESTING: dict[str, Shape] = {
    "parentheses": wrapped("(", "a", ")"),
    "lists": wrapped("[", "a", "]"),
    "dicts": wrapped("{1: ", "a", "}"),
    "arguments": wrapped("f(", "a", ")"),
    "subscripts in subscripts": wrapped("a[", "0", "]"),
    "walrus": wrapped("(a := ", "1", ")"),
    "never closed": wrapped("("),
    "brackets in a formatted string": lambda depth: f"x = f'{{{'(' * depth}a{')' * depth}}}'",
    "brackets in a long formatted string": lambda depth: f"x = rf'''\n{{{'(' * depth}a{')' * depth}!r:>9}}'''",
    "brackets behind a named character": lambda depth: f"x = f'\\N{{DIGIT ONE}}{{{'[' * depth}{']' * depth}}}'",
    "format specifications": lambda depth: f"x = f'{'{a:' * depth}{'}' * depth}'",
    "formatted strings": wrapped("f'{", "1", "}'"),
    "annotations": lambda depth: f"def f(a: {'A[' * depth}int{']' * depth}): pass",
    "behind a comment that ends as on an old Mac": lambda depth: f"# a\rx = {'(' * depth}{')' * depth}",
    "if": blocks("if x:"),
    "else": blocks("if x: pass", "else:"),
    "def": blocks("def f():"),
    "class": blocks("class A:"),
    "with": blocks("with a:"),
    "blocks behind blank lines": blocks("if x:", "", "   # a", "\\"),
}

CHAINS: dict[str, Shape] = {
    "or": wrapped("a or "),
    "or behind numbers": wrapped("1or "),
    "or on joined lines": wrapped("a or \\\n "),
    "sums": wrapped("a + "),
    "sums on joined lines": wrapped("a + \\\n"),
    "powers": wrapped("a ** "),
    "signs": wrapped("-"),
    "not": wrapped("not "),
    "not on joined lines": wrapped("not\\\n "),
    "attributes": wrapped("", "a", ".b"),
    "attributes on joined lines": wrapped("", "a", ".\\\nb"),
    "attributes behind comments": lambda depth: f"x = (a{'.#' + chr(10) + 'b'}{('.#' + chr(10) + 'b') * depth})",
    "attributes that are not ASCII": wrapped("", "a", ".\u00e9"),
    "attributes of characters that few know": wrapped("", "a", ".\u2118"),
    "calls": wrapped("", "a", ".b()"),
    "calls of calls": wrapped("", "a", "()"),
    "subscripts": wrapped("", "a", "[0]"),
    "lambdas": wrapped("lambda: "),
    "lambdas with parameters": wrapped("lambda a, b: "),
    "lambdas with lambdas as defaults": wrapped("lambda a=lambda: 0, b=1: "),
    "lambdas that look for something": wrapped("lambda a=b in c, d=0: "),
    "conditional expressions": wrapped("a if b else "),
    "conditional expressions of numbers": wrapped("1if 1else "),
    "comprehensions": lambda depth: f"x = [a {'for a in b ' * depth}]",
    "comprehensions with targets": lambda depth: f"x = [a {'for a, c in b ' * depth}]",
    "conditions": lambda depth: f"x = [a for a in b {'if a ' * depth}]",
    "chains in a formatted string": lambda depth: f"x = f'{{a{'.b' * depth}}}'",
    "chains in a format specification": lambda depth: f"x = f'{{a:{{a{'.b' * depth}}}}}'",
    "modules": lambda depth: f"import a{'.b' * depth}",
    "dotted patterns": lambda depth: f"match x:\n case a{'.b' * depth}: pass",
    "elif": lambda depth: "if a: pass\n" + "elif b: pass\n" * depth,
    "elif with blocks": lambda depth: "if a:\n  pass\n" + "elif b:\n  pass\n" * depth,
    "elif behind joined lines": lambda depth: "if a: pass\n" + "\\\nelif b: pass\n" * depth,
    "elif behind form feeds": lambda depth: "if a: pass\n" + "\felif b: pass\n" * depth,
    "elif on an old Mac": lambda depth: "if a: pass\r" + "elif b: pass\r" * depth,
}

STRINGS: dict[str, Shape] = {
    "strings": wrapped("'a' "),
    "strings of both quotes": wrapped("\"a\"'b'"),
    "strings on lines": lambda depth: f"x = ({('''b'a' ''' + chr(10)) * depth})",
    "formatted strings side by side": wrapped("f'{a}' "),
}

PATTERNS: dict[str, Shape] = {
    "lists": pattern("[", "]"),
    "parentheses": pattern("(", ")"),
    "classes": pattern("A(a=", ")"),
    "dicts": pattern("{'a': ", "}"),
    "all of them": pattern("{'a': A(b=[", "])}"),
    "never closed": lambda depth: f"match x:\n case {'[' * depth}",
    "behind a joined line": lambda depth: f"match x:\n \\\n case {'[' * depth}1{']' * depth}: pass",
}

DEPTHS = {"nesting": (NESTING, 33, 150), "chains": (CHAINS, 90, 430), "strings": (STRINGS, 90, 900)}
PATTERN_DEPTHS = (PATTERNS, 4, 14)
ALL = [
    pytest.param(shape, low, high, id=f"{kind}: {name}")
    for kind, (shapes, low, high) in {**DEPTHS, "patterns": PATTERN_DEPTHS}.items()
    for name, shape in shapes.items()
]


@pytest.mark.parametrize(("shape", "low", "high"), ALL)
def test_what_nests_too_deeply_is_refused(shape: Shape, low: int, high: int) -> None:
    # Nested blocks are indented, so their text grows with the square of the depth, to a few megabytes here.
    is_indented = "\n  " in shape(3)
    for depth in (high, (5 if is_indented else 20) * high):
        (found,) = check_source(f"# optimlint:\n{shape(depth)}\n")
        assert found.rule == "unparseable"
        assert found.message.startswith("not parsed: "), found.message
        assert found.range.start.line > 1
    assert unsafe_nesting(shape(low // 3)) is None


ON_A_SMALL_STACK = """
import bisect, sys, threading
sys.path[:0] = [{tests!r}]
from test_nesting import DEPTHS, PATTERN_DEPTHS
from optimlint import check_source
from optimlint.nesting import unsafe_nesting

def deepest(shape, high):
    return bisect.bisect_left(range(high), True, key=lambda depth: unsafe_nesting(shape(depth)) is not None) - 1

def look():
    for shapes, low, high in (*DEPTHS.values(), PATTERN_DEPTHS):
        for name, shape in shapes.items():
            print(name, flush=True)
            check_source("# optimlint:\\n" + shape(deepest(shape, high)) + "\\n")
    print("survived")

threading.stack_size(1024 * 1024)
thread = threading.Thread(target=look)
thread.start()
thread.join()
"""


def test_the_deepest_that_is_parsed_fits_a_stack_of_one_megabyte() -> None:
    script = ON_A_SMALL_STACK.format(tests=str(Path(__file__).parent))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300)
    assert done.stdout.splitlines()[-1] == "survived", done.stdout + done.stderr


HARMLESS = {
    "a table of lambdas": "x = {" + "'a': lambda a, b: a.b(b),\n" * 500 + "}",
    "a list of sums": "x = [" + "a.b + c, " * 500 + "]",
    "words in a string": "x = '" + "(a.b or not c) " * 500 + "'",
    "words in a long string": "x = '''" + "((((a.b or not c, \n'it is' " * 500 + "'''",
    "words in a formatted string": "x = f'''" + "(((( a.b or not c, {{ \\{a} {b:>{c}} {d!r} {e=}\n" * 500 + "'''",
    "comments": "# ((((( a.b or c\n" * 500 + "x = 1",
    "statements on one line": "a.b(); " * 500,
    "many branches": "if a: pass\nelif b: pass\n" * 500,
    "many cases": "match x:\n" + " case {'a': [A(b=1), *_]} if a.b[c[d[0]]]: pass\n" * 100,
    "a name that is a keyword elsewhere": f"case = {'[' * 16}1{']' * 16}\ncase.a({'(' * 16}1{')' * 16})",
    "numbers": "x = [1.5, .5, 0x1f, 1_000, 1e-5, 2j, -1, " + "1.0, " * 500 + "]",
    "a long table of strings": "x = ('a' 'b'\n'c', 'd')\n" * 300,
    "quotes within formatted strings": "x = f'{a[\"b\"]}' + f\"{'(' * 3}\"\n" * 300,
    "brackets within formatted text": "x = f'((((([[[[[{a}'\n" * 100,
    "old line ends": "x = a.b(c) + d\r" * 500,
    "strings that never end": "x = 'it\n" * 500,
}


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_does_not_nest_is_left_in_peace(text: str) -> None:
    assert unsafe_nesting(text) is None
    assert not exhausts_python(text)


@pytest.mark.parametrize(
    "piece", ["'", '"\\', "'''\\", "f'{", "f'{a:", "\\N{", "{{", "\n", "\r ", "#", "- ", "1.", "\\\n", "é"]
)
def test_it_takes_linear_time(piece: str) -> None:
    """Ten times the text takes about ten times as long, not a hundred times."""
    for start in ("x = ", "x = f'''", 'x = f"'):
        short, long = (time_of(start + piece * length) for length in (20_000, 200_000))
        assert long < max(30 * short, 0.5), (short, long)


def time_of(text: str) -> float:
    begin = time.perf_counter()
    unsafe_nesting(text)
    return time.perf_counter() - begin
