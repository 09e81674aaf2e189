"""What the table of calls says of Python and torch, against what their calls return here."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from known_calls_support import IMPORTS, SETUP, name_at

from optimlint.knowledge.rows import Call
from optimlint.knowledge.summaries import Form, Result, rows, summary

torch = pytest.importorskip("torch")
HERE = {"torch", *sys.stdlib_module_names}
OTHER_DEVICES = {"cuda", "mps", "npu", "xla", "xpu"}
"""Methods that need a device which the tests do not have."""

MODEL = """
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = nn.Linear(2, 2), nn.Linear(2, 1)

model, other = Net(), Net()
number, numbers, name, dtype, level = 3, [1, 2], "body", torch.float32, 10
logger = __import__("logging").getLogger("optimlint.tests")
initialize = print
"""


def _can_run(row: Call) -> bool:
    package, last = row.match.split(".")[0], row.match.rpartition(".")[2]
    return package in HERE and last not in OTHER_DEVICES and not row.model and row.returns != Form.NEVER.value


ROWS = list(filter(_can_run, rows()))


def _by_match(row: Call) -> str:
    return row.match


@pytest.mark.parametrize("row", ROWS, ids=_by_match)
def test_what_a_call_returns(row: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "write", len, raising=False)
    names: dict[str, object] = {}
    exec(IMPORTS + MODEL + SETUP + "param = params[0]\n", names)
    returns = summary(row).returns
    held = [names[name] for path in returns.paths for name in name_at(row, path)]
    result: object = eval(row.example, names)
    match returns.form:
        case Form.VALUE if returns.paths[0].depth:
            assert any(result is one for one in names["params"])  # type: ignore[attr-defined]
        case Form.VALUE:
            assert result is held[0] or torch.equal(result.flatten(), held[0].flatten())  # type: ignore[attr-defined]
        case Form.NEW:
            _is_collection_of(result, held, returns)
        case Form.STREAM:
            assert iter(result) is result  # type: ignore[call-overload]
        case Form.NOTHING_KNOWN | Form.MADE_OF:
            assert isinstance(result, int | float | bool | str | tuple | range | type | None) or iter(result)  # type: ignore[call-overload]


def _is_collection_of(result: object, held: list[object], returns: Result) -> None:
    expected = held
    for _ in range(returns.paths[0].depth):
        expected = [one for several in expected for one in several]  # type: ignore[attr-defined]
    found = list(result)  # type: ignore[call-overload]
    if returns.order == "reversed":
        expected = expected[::-1]
    if returns.order == "sorted" or returns.kind == "set":
        found, expected = sorted(found, key=id), sorted(expected, key=id)
    assert len(found) == len(expected)
    assert all(one is other for one, other in zip(found, expected, strict=True))
    assert not any(result is one for one in held)
