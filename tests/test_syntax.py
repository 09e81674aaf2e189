"""Syntax newer than the running Python is read. Older Python and broken code are reported with their line."""

import ast
import os
import re
from pathlib import Path
from textwrap import indent

import pytest
from every import for_each
from fixtures_support import FIXTURES

from optimlint import Diagnostic, Options, check_source

IS_THOROUGH = bool(os.environ.get("OPTIMLINT_THOROUGH"))
WHOLE = Options(reads_all=True)

NEWER = {
    "generic function (3.12)": "def f[T: int, *Ts, **P](x: T) -> T:\n    return x\n",
    "generic class (3.12)": "class A[T]:\n    pass\n",
    "type statement (3.12)": "type X[T] = list[T]\n",
    "quotes in an f-string (3.12)": "x = f'{a['b']}'\n",
    "backslash in an f-string (3.12)": "x = f\"{'\\n'.join(y)}\"\n",
    "comment in an f-string (3.12)": "x = f'''{a  # why\n}'''\n",
    "defaults of type parameters (3.13)": "def f[T = int, *Ts = *tuple[int], **P = [int]](x: T) -> T:\n    return x\n",
    "default in a class (3.13)": "class A[T: int = bool]:\n    pass\n",
    "default in a type statement (3.13)": "type X[T = int] = list[T]\n",
    "template string (3.14)": "x = t'{a} b'\n",
    "raw template string (3.14)": "x = rt'{a}\\d'\n",
    "except without brackets (3.14)": "try:\n    pass\nexcept A, B:\n    pass\n",
    "except* without brackets (3.14)": "try:\n    pass\nexcept* A, B:\n    pass\n",
}

READ_OF_OLD = {
    "print to a file, which is a comparison": 'print >>f, "a"\n',
    "except with a name, which is a class since 3.14": "try:\n    pass\nexcept A, e:\n    pass\n",
}

OLDER = {
    "print": ('print "a"', "Missing parentheses"),
    "exec": ('exec "a"', "Missing parentheses"),
    "backticks": ("x = `y`", "invalid syntax"),
    "unequal": ("x = y <> z", "invalid syntax"),
    "long": ("x = 10L", "invalid decimal literal"),
    "octal": ("x = 0777", "leading zeros"),
    "raw unicode": ('x = ur"a"', "invalid syntax"),
    "raise with a value": ('raise A, "b"', "invalid syntax"),
    "lambda with a tuple": ("f = lambda (a, b): a", "parenthesized|invalid syntax"),
    "tabs and blanks": ("if x:\n\ty = 1\n        z = 1", "tabs and spaces|unindent|indent"),
}

BROKEN = {
    "no end of a string": 'x = "abc',
    "a bracket that closes nothing": "x = 1)",
    "two names": "x y",
    "two assignments in a call": "f(a = b = c)",
    "an elif of nothing": "elif x:\n    pass",
    "half a sum": "x = 1 +",
    "half an import": "from . import",
}

GROUPS = """\
from torch.optim import AdamW
groups = [{"params": model.parameters(), "weight_decay": 0.0}]
optimizer = AdamW(model.parameters())
"""


def parsed(text: str) -> list[Diagnostic]:
    return [one for one in check_source(text, options=WHOLE) if one.code == "OPT900"]


@pytest.mark.parametrize("text", [*NEWER.values(), *READ_OF_OLD.values()], ids=[*NEWER, *READ_OF_OLD])
def test_newer_syntax_is_read(text: str) -> None:
    assert parsed(text) == []
    found = check_source(text + GROUPS)
    assert [(one.code, one.range.start.line) for one in found] == [("OPT001", text.count("\n") + 3)]


@pytest.mark.parametrize(("statement", "reason"), OLDER.values(), ids=OLDER)
def test_older_syntax_is_told_at_its_line(statement: str, reason: str) -> None:
    (one,) = parsed(f"import os\n\n{statement}\nprint(1)\n")
    assert one.range.start.line == 3 + statement.count("\n")
    assert re.search(reason, one.message), one.message


@for_each(
    (newer, older)
    for newer in NEWER.values()
    for older in (*(statement for statement, _ in OLDER.values() if "\n" not in statement), *BROKEN.values())
)
def test_newer_syntax_above_does_not_get_the_blame(texts: tuple[str, str]) -> None:
    """Whatever the running Python can parse, the reported line is that of the error."""
    newer, older = texts
    fault = parsed(f"import os\n{older}\n")[0].range.start.line
    (one,) = parsed(f"import os\n{newer}{older}\n")
    assert one.range.start.line == fault + newer.count("\n"), one.message


def test_words_are_those_of_python_where_it_knows_the_syntax() -> None:
    (one,) = parsed("x = (1,\ny = 2\n")
    with pytest.raises(SyntaxError) as raised:
        ast.parse("x = (1,\ny = 2\n")
    assert one.message == f"syntax error: {raised.value.msg}"


NET = """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(3, 3)
        self.neck = nn.LSTM(3, 3)
        self.head = nn.Linear(3, 1)

    def forward(self, x):
        return self.head(self.neck(self.body(x)))


"""
CALL = """\
net = Net()
groups = [{"params": net.body.parameters(), "lr": 0.1}, {"params": net.neck.parameters()}]
optimizer = torch.optim.SGD(groups, lr=0.2)
for x in = 3
"""


@pytest.mark.parametrize(
    ("below", "codes"),
    [
        ("raise ValueError(optimizer)", ["OPT102"]),
        ("print(groups)", ["OPT102"]),
        ("groups.append(more)", []),
        ("groups += more", []),
        ("optimizer.add_param_group(more)", []),
        ("groups[0]['params'] = net.parameters()", []),
        ("net.head.requires_grad_(False)", []),
        ("for p in net.head.parameters(): p.requires_grad = False", []),
    ],
)
@pytest.mark.parametrize("is_function", [True, False])
def test_what_may_be_done_below_a_syntax_error_counts_as_done(below: str, codes: list[str], is_function: bool) -> None:
    code = CALL + below + "\n"
    text = NET + ("def make():\n" + indent(code, "    ") if is_function else code)
    found = [one.code for one in check_source(text)]
    assert found == [*codes, "OPT900"]


SOURCES = sorted(path for path in FIXTURES.glob("*/*.py") if ".fixed" not in path.name)


@pytest.mark.parametrize(
    "path", SOURCES[:: 1 if IS_THOROUGH else 7], ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_a_syntax_error_adds_no_finding(path: Path) -> None:
    """Every finding above a syntax error is also found without the error, wherever it is."""
    text = path.read_text(encoding="utf-8")
    names = re.findall(r"(?:def|class) (\w+)", text)
    if len(set(names)) < len(names):
        pytest.skip("a definition may be replaced by one below")
    whole = {(one.code, one.range.start.line) for one in check_source(text)}
    lines = text.splitlines(keepends=True)
    for number in range(5, len(lines), max(len(lines) // 4, 1)):
        before = lines[number][: len(lines[number]) - len(lines[number].lstrip())].rstrip("\n")
        found = check_source("".join([*lines[:number], f"{before}for x in = 3\n", *lines[number:]]))
        here = {(one.code, one.range.start.line) for one in found if one.code != "OPT900"}
        assert here <= whole, number
