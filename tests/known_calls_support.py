"""The examples of the table of calls, as code around them."""

import ast

from optimlint.knowledge.rows import Call
from optimlint.knowledge.summaries import Path

IMPORTS = """
import copy
import sys
from collections import OrderedDict, defaultdict, deque
from functools import partial
from itertools import chain
from pprint import pprint

import torch
"""
SETUP = """
params = [p for p in model.parameters()]
others = [p for p in other.parameters()]
lists = [params, others]
names = [n for n, p in model.named_parameters()]
iterator = (p for p in model.parameters())
groups = [{"params": model.body.parameters(), "lr": 0.1}, {"params": model.head.parameters(), "lr": 1.0}]
"""
"""What the examples speak of, below the imports. What nothing binds, such as `model`, is something unknown."""


def callee(row: Call) -> str:
    """The last part of what an example calls."""
    return ast.unparse(_call(row).func).rpartition(".")[2]


def argument_names(row: Call) -> dict[int | str, str]:
    """The names that an example gives, by position or keyword; literals are left out."""
    call = _call(row)
    given: list[tuple[int | str, ast.expr]] = [
        *enumerate(call.args),
        *((one.arg or "", one.value) for one in call.keywords),
    ]
    return {place: value.id for place, value in given if isinstance(value, ast.Name)}


def name_at(row: Call, path: Path) -> list[str]:
    """The names in an example that are at a place of the call."""
    if path.is_receiver:
        func = _call(row).func
        return [ast.unparse(func.value)] if isinstance(func, ast.Attribute) else []
    names = argument_names(row)
    return [name for place, name in names.items() if path.is_every or place in (path.position, path.name)]


def with_argument(row: Call, place: int | str, name: str) -> str:
    """The example with another name as one argument."""
    call = _call(row)
    if isinstance(place, int):
        call.args[place] = ast.Name(name)
    for keyword in call.keywords:
        if keyword.arg == place:
            keyword.value = ast.Name(name)
    return ast.unparse(call)


def _call(row: Call) -> ast.Call:
    tree = ast.parse(row.example, mode="eval").body
    assert isinstance(tree, ast.Call), row.example
    return tree
