"""Generated files keep the laws too. This is a small fixed sample; `make fuzz` runs longer."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laws import LAWS, Broken, broken_laws, outside_is_kept
from mutations import ENCODINGS, SHAPES, dressed, encoded, mutate, seeds
from pysource_codegen import generate

from optimlint import Edit, Position, Range, check_source

SECONDS = 20
"""CPU seconds that no law needs for a small file, even on the slowest machine."""

SMALL = settings(max_examples=25, derandomize=True, deadline=None, database=None)


@SMALL
@given(st.integers(0, 10**9), st.sampled_from(sorted(SHAPES)))
def test_mutated_fixtures(number: int, path: str) -> None:
    random = Random(number)
    text = mutate(random.choice(seeds()), random)
    assert broken_laws(SHAPES[path](text, random).encode("utf-8", "surrogatepass"), path, SECONDS) == []


@SMALL
@given(st.integers(0, 10**9))
def test_mutated_encodings(number: int) -> None:
    random = Random(number)
    assert broken_laws(encoded(mutate(random.choice(seeds()), random), random), "train.py", SECONDS) == []


@pytest.mark.parametrize("number", range(8))
def test_generated_python(number: int) -> None:
    """Random programs by Python's grammar, with names from training code so that they are interpreted."""
    text = dressed(generate(number, node_limit=120, depth_limit=6))
    assert broken_laws(text.encode("utf-8", "surrogatepass"), "train.py", SECONDS) == []


BYPASSED = """\
from torch.optim import AdamW
def make(model):
    groups = [{"params": model.head.parameters(), "weight_decay": 0.0}, {"params": model.body.parameters()}]
    return AdamW(model.parameters())
"""


ONCE_BROKEN = {
    "OPT103": """\
import torch
optimizer = torch.optim.Adam(list(encoder.parameters()) + list(encoder.parameters()), lr=0.1)
""",
    "OPT107": """\
import torch
picked = filter(lambda pair: "fc" or "head" in pair[0], net.named_parameters())
optimizer = torch.optim.Adam(picked)
""",
    "OPT106": """\
import torch
from torch import nn
class Layer(nn.Block):
    def __init__(self):
        super().__init__()
        self.ln_1 = nn.LayerNorm(8)
        self.attention = nn.MultiheadAttention(8, 2, dropout=0.1, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(8, 32), nn.GELU(), nn.Linear(32, 8), nn.Dropout(0.1))
    def forward(self, x):
        x = x + self.attention(self.ln_1(x), self.ln_1(x), self.ln_1(x), need_weights=False)[0]
        return x + self.mlp(x)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([Layer() for _ in range(2)])
        self.ln_f = nn.LayerNorm(8)
def train():
    model = Net()
    skipped = ["bias", "LayerNorm.weight"]
    decay = [p for n, p in model.named_parameters() if not any(nd in n for nd in skipped)]
    rest = [p for n, p in model.named_parameters() if any(nd in n for nd in skipped)]
    return torch.optim.AdamW([{"params": decay, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0.0}])
""",
    "OPT003": """\
from torch import nn
from torch.optim import AdamW
def by_names(model, args):
    decay, no_decay = set(), set()
    for module_name, module in model.named_modules():
        for name, _ in module.named_parameters(recurse=False):
            full = f"{module_name}.{name}" if module_name else name
            if isinstance(module, nn.Linear) and name == "weight":
                decay.add(full)
            else:
                no_decay.add(full)
    assert not decay & no_decay
    return AdamW(model.parameters(), lr=args.lr, weight_decay=0.1)
""",
}
"""Files that once violated a law, by their content. The scan skipped most of them."""


@pytest.mark.parametrize(("code", "text"), ONCE_BROKEN.items(), ids=ONCE_BROKEN)
def test_what_broke_a_law_once(code: str, text: str) -> None:
    assert broken_laws(text.encode(), "train.py", SECONDS) == []
    assert code in {one.code for one in check_source(text)}


@pytest.mark.parametrize("path", SHAPES)
def test_shapes_hold_the_program(path: str) -> None:
    """The file formats are understood: each law is checked on a file with a finding."""
    from optimlint.notebook.files import check_any_facts, read_any

    content = SHAPES[path](BYPASSED, Random(3)).encode()
    assert "OPT001" in {one.code for one in check_any_facts(read_any(content, path), path)}
    assert broken_laws(content, path, SECONDS) == []


def test_seeds_and_encodings_are_many() -> None:
    assert len(seeds()) > 500
    read = [one for one in ENCODINGS if broken_laws(one(BYPASSED), "train.py") == []]
    assert len(read) == len(ENCODINGS)


def test_a_law_that_is_broken_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The laws can fail: each is violated on purpose."""
    content = BYPASSED.encode()
    with monkeypatch.context() as patch:
        patch.setattr("optimlint.check.may_matter", lambda source: False)
        assert names(broken_laws(content, "train.py")) == {"the scan hides nothing"}
    with monkeypatch.context() as patch:
        patch.setattr("optimlint.notebook.files.fix_source", lambda text, *_: fixed(text + "#"))
        assert names(broken_laws(content, "train.py")) == {"a fix mends", "fixes come to rest"}
    with monkeypatch.context() as patch:
        patch.setattr("optimlint.check.suppress", lambda *_: 1 / 0)
        assert names(broken_laws(content, "train.py")) == {"nothing is raised"}
    with monkeypatch.context() as patch:
        patch.setattr("optimlint.check._run", forever)
        assert names(broken_laws(content, "train.py", 0.2)) == {"it ends soon"}
    assert broken_laws(content, "train.py") == []


def names(broken: list[Broken]) -> set[str]:
    return {one.law for one in broken}


def fixed(text: str) -> object:
    from optimlint import Fixed

    return Fixed(text, (), ())


def forever(*_: object) -> object:
    while True:
        try:
            while True:
                pass
        except Exception:  # noqa: BLE001  Like the engine around each rule.
            continue


def test_what_stands_outside_of_edits() -> None:
    edits = (edit(1, 3, 5), edit(1, 8, 9))
    assert outside_is_kept("ab??cde!f", "abXcdef", edits)
    assert not outside_is_kept("ab??cde!f", "abXcdf", edits)
    assert not outside_is_kept("ab??cde!f", "aXcdef", edits)
    assert not outside_is_kept("ab??cde!f", "abXcde", edits)
    assert not outside_is_kept("aa", "a", (edit(1, 2, 2),))
    assert outside_is_kept("same", "same", ()) and not outside_is_kept("same", "other", ())


def edit(line: int, start: int, end: int) -> Edit:
    return Edit(Range(Position(line, start), Position(line, end)), "")


def test_every_law_has_a_name_of_its_own() -> None:
    assert len(LAWS) == 5 and len({law.__doc__ for law in LAWS.values()}) == 5
