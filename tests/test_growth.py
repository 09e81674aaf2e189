"""Sources designed to be slow: the time grows linearly with their length."""

import time
from collections.abc import Callable

import pytest

from optimlint import INTERNAL_ERROR, Options, check_source

START = "from torch.optim import SGD\nimport itertools\n\ndef train(m, a, b):\n"
END = "    m.parameters()\n    SGD([{'params': a, 'lr': 1, 'weight_decay': a}])\n    return a\n"


def nested(before: str, after: str, core: str = "m.parameters()") -> str:
    return f"    a = {before * 24}{core}{after * 24}\n"


def repeated(line: str, first: str = "[m]") -> str:
    return f"    a = {first}\n" + f"    {line}\n" * 40


EXPONENTIAL = {
    "comprehensions over comprehensions": nested("[p for p in ", "]"),
    "generators over generators": nested("(p for p in ", " if p.requires_grad)"),
    "dicts over dicts": nested("{n: p for n, p in ", ".items()}", "m.named_parameters()"),
    "zip": nested("zip(", ", b)"),
    "enumerate": nested("enumerate(", ")"),
    "filter": nested("filter(lambda p: p.requires_grad, ", ")"),
    "chain": nested("itertools.chain(", ", b)"),
    "conditional expressions": nested("(a if b else ", ")"),
    "lists in lists": repeated("a = [a, a, a, a, a, a]"),
    "sums of lists": repeated("a = a + a"),
    "dicts in dicts": repeated("a = {'x': a, 'y': a, 'params': m.parameters()}"),
    "texts of texts": repeated("a = a + a", "'bias'"),
    "items of items": repeated("a = a[a]", "b"),
    "lists in sums of lists": repeated("a = a + [a] + a", "['bias']"),
    "products of what nobody knows": repeated("a = a * a", "b"),
    "joined texts": repeated("a = '.'.join([a, a])", "'bias'"),
    "formatted texts": repeated("a = f'{a}{a}'", "'bias'"),
    "lists that hold themselves": repeated("a.append(a)"),
    "two names": repeated("a, b = [a, b], [b, a]"),
    "fields of a class added to those of its base": "    class C0:\n        fields = ['m']\n"
    + "".join(f"    class C{n}(C{n - 1}):\n        fields = C{n - 1}.fields + ['x']\n" for n in range(1, 24)),
    "branches": "".join(f"    if b == {number}: a = [a, b]\n    else: a = [b, a]\n" for number in range(40)),
}


@pytest.mark.parametrize("body", EXPONENTIAL.values(), ids=EXPONENTIAL.keys())
def test_nothing_is_read_twice_at_each_level(body: str) -> None:
    begin = time.process_time()
    found = check_source(START + body + END, options=Options(reads_all=True))
    assert time.process_time() - begin < 5
    assert not [one for one in found if one.rule in (INTERNAL_ERROR, "unparseable")]


def bugs(count: int) -> str:
    body = "    g = [{'params': m.parameters(), 'weight_decay': 0.0}]\n    return SGD(m.parameters())\n"
    return "from torch.optim import SGD\n" + "".join(f"def f{number}(m):\n{body}" for number in range(count))


QUADRATIC: dict[str, Callable[[int], str]] = {
    "one name": lambda count: "# optimlint:\n" + "x = 1\n" * (40 * count),
    "bytes side by side": lambda count: "# optimlint:\n" + f"x = {'''b'a' ''' * 300}\n" * (count // 50),
    "suppressions": lambda count: "x = 1  # optimlint: ignore[OPT001]\n" * (10 * count),
    "suppressions on lines of their own": lambda count: "# optimlint: ignore[OPT001]\n" * (10 * count),
    "findings": bugs,
}


@pytest.mark.parametrize("source", QUADRATIC.values(), ids=QUADRATIC.keys())
def test_four_times_the_source_takes_about_four_times_as_long(source: Callable[[int], str]) -> None:
    """With quadratic time it would take sixteen times as long."""
    short, long = (time_of(source(count)) for count in (50, 200))
    assert long < 10 * short + 0.5, (short, long)


def time_of(source: str) -> float:
    begin = time.process_time()
    check_source(source)
    return time.process_time() - begin


def test_literals_that_nobody_can_read_are_unknown() -> None:
    literals = [
        "1" * 5_000,
        "0x" + "f" * 9_000,
        "1_0" * 4_000,
        "'\\N{nope}'",
        "'\\x'",
        "b'\u00e9'",
        "- 1" + "0" * 5_000,
    ]
    for literal in literals:
        found = check_source(
            "from torch.optim import SGD, Optimizer\n\nclass Own(Optimizer):\n"
            f"    def __init__(self, params, lr={literal}):\n        self.param_groups[0][{literal}]\n\n"
            f"def f(m):\n    x = {literal}\n    m.add_module({literal}, m)\n"
            "    SGD([{'params': m.parameters(), 'weight_decay': x}], lr=x)\n"
        )
        assert not [one for one in found if one.rule == INTERNAL_ERROR], (literal[:20], found)
