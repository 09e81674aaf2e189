"""What a source asks of the rest of its repository, and when: only questions that could change the findings."""

from dataclasses import replace

from elsewhere_support import Others, beside

from optimlint import Diagnostic, Options, Repository, Texts, check_source
from optimlint.facts.models import Argument, Exposed, ModelClass, NameKind, SubModule
from optimlint.notebook.files import check_any_facts, read_any
from optimlint.text import Unparseable

RIGHT = b"""
from torch.optim import AdamW

def build(model, args):
    no_decay = ["bias", "norm"]
    groups = [
        {"params": [p for n, p in model.named_parameters() if not any(nd in n for nd in no_decay)],
         "weight_decay": args.weight_decay},
        {"params": [p for n, p in model.named_parameters() if any(nd in n for nd in no_decay)], "weight_decay": 0.0},
    ]
    return AdamW(groups, lr=args.lr)
"""
VISIBLE = b"""
from torch.optim import AdamW
from net import Net

model = Net()
groups = [{"params": model.body.parameters()}, {"params": model.head.parameters(), "lr": 0.1}]
optimizer = AdamW(model.parameters(), lr=1e-3)
"""
UNCOVERED = VISIBLE.replace(b"AdamW(model.parameters()", b"AdamW(groups")
TAKEN = b"""
from torch.optim import AdamW

def build(model):
    groups = [{"params": model.body.parameters()}, {"params": model.head.parameters(), "lr": 0.1}]
    return AdamW(groups, lr=1e-3)
"""
DEFAULT = Options()
GROUPS = Exposed("groups", NameKind.VARIABLE)
PARTS = tuple(SubModule(name, "nn.Linear", True, False, True) for name in ("body", "neck", "head"))
NET = ModelClass("Net", PARTS, True)


def found(source: bytes, others: Others, options: Options = DEFAULT) -> list[str]:
    facts = read_any(source, "train.py")
    assert not isinstance(facts, Unparseable)
    return names(check_any_facts(beside(facts, others), "train.py", options))


def names(diagnostics: list[Diagnostic]) -> list[str]:
    return [one.rule for one in diagnostics]


def test_what_is_right_asks_nothing() -> None:
    others = Others()
    assert not found(RIGHT, others)
    assert not found(UNCOVERED, others)
    assert not others.asked


def test_a_finding_in_what_others_may_use_asks_whether_they_do() -> None:
    others = Others()
    assert found(VISIBLE, others) == ["bypassed-param-groups"]
    assert others.of("used") == {GROUPS}
    assert not found(VISIBLE, Others(used=frozenset({GROUPS})))


def test_a_rule_that_was_not_chosen_keeps_nothing_from_another() -> None:
    """A finding of one rule hides that of another, so it must be known for both whether other files silence them."""
    options = Options(rules=frozenset({"unused-param-groups"}))
    others = Others()
    assert not found(VISIBLE, others, options)
    assert not found(VISIBLE, Others(used=frozenset({GROUPS})), options)
    assert GROUPS in others.of("used")


def test_a_suppressed_finding_asks_too() -> None:
    """Otherwise the comment would be reported as unused although it is needed, or the reverse."""
    source = VISIBLE.replace(b"lr=1e-3)", b"lr=1e-3)  # optimlint: ignore")
    assert not found(source, Others())
    assert found(source, Others(used=frozenset({GROUPS}))) == ["unused-suppression"]


def test_a_key_that_other_code_reads_is_none_that_nobody_reads() -> None:
    source = RIGHT.replace(b'"weight_decay": 0.0}', b'"weight_decay": 0.0, "scale_of_lr": 0.1}')
    others = Others()
    assert found(source, others) == ["ignored-group-key"]
    assert others.of("key") == {"scale_of_lr"}, "and nobody asks about the keys that the optimizer reads"
    assert not found(source, Others(keys=frozenset({"scale_of_lr"})))


def test_callers_are_looked_for_only_where_there_is_a_finding() -> None:
    argument = Argument("build", "model", 0)
    others = Others(given={argument: (NET,)})
    assert not found(TAKEN, others)
    assert not others.of("given"), "to look for callers takes a look at every file"
    more = TAKEN + VISIBLE.replace(b"from net import Net", b"").replace(b"Net()", b"make()")
    assert sorted(found(more, others)) == ["bypassed-param-groups", "uncovered-parameters"]
    assert others.of("given") == {argument}


# The same with a repository.


def told(files: dict[str, bytes], file: str = "train.py") -> list[str]:
    texts = Texts({f"/repository/{name}": content for name, content in files.items()})
    path = f"/repository/{file}"
    return names(check_source(texts.read(path) or b"", path, repository=Repository("/repository", texts)))


NETWORK = b"""
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.neck, self.head = nn.Linear(8, 8), nn.Linear(8, 8), nn.Linear(8, 2)

    def forward(self, x):
        return self.head(self.neck(self.body(x)))
"""


def test_a_repository_answers() -> None:
    assert told({"train.py": VISIBLE}) == ["bypassed-param-groups"]
    assert not told({"train.py": VISIBLE, "run.py": b"from train import groups\nprint(groups)\n"})
    assert told({"train.py": VISIBLE, "other.py": b"groups = []\nprint(groups)\n"}) == ["bypassed-param-groups"]


def test_a_repository_knows_classes() -> None:
    one = NETWORK.replace(
        b"self.body, self.neck, self.head = nn.Linear(8, 8), nn.Linear(8, 8), nn.Linear(8, 2)",
        b"self.body = nn.Linear(8, 8)\n        self.neck = nn.Linear(8, 8)\n        self.head = nn.Linear(8, 2)",
    )
    assert told({"train.py": UNCOVERED, "net.py": one}) == ["uncovered-parameters"]
    assert not told({"train.py": UNCOVERED, "net.py": b"("})
    assert not told({"train.py": UNCOVERED})


def test_a_file_that_cannot_be_read_counts_as_using_everything() -> None:
    files = {"/repository/train.py": VISIBLE, "/repository/run.py": b"print('nothing')\n"}
    texts = Texts(files)
    assert names(check_source(VISIBLE, "/repository/train.py", repository=Repository("/repository", texts)))
    gone = Texts(files)
    gone.read = lambda path: None if path.endswith("run.py") else files[path]  # type: ignore[method-assign]
    assert not check_source(VISIBLE, "/repository/train.py", repository=Repository("/repository", gone))


def test_a_large_repository_says_the_same() -> None:
    """In a large repository, imports are only read where a word search is inconclusive."""
    many = {f"part{number}/tool{number}.py": b"import os\n" for number in range(1_200)}
    own = {"groups.py": b"groups = []\nprint(groups)\n"}
    assert told({"train.py": VISIBLE, **many}) == ["bypassed-param-groups"]
    assert told({"train.py": VISIBLE, **many, **own}) == ["bypassed-param-groups"]
    assert not told({"train.py": VISIBLE, **many, **own, "run.py": b"from train import groups\n"})
    assert not told({"train.py": VISIBLE, **many, "run.py": b"import train as t\nprint(t.groups)\n"})
    handed = {"run.py": b"import train\nfrom look import show\nshow(train)\n", "look.py": b"def show(x): x.groups\n"}
    assert not told({"train.py": VISIBLE, **many, **handed})
    assert not told({"train.py": VISIBLE, **many, "any.py": b"from importlib import *\nimport_module(x).groups\n"})
    assert told({"train.py": VISIBLE, **many, "any.py": b"x.groups\n"}) == ["bypassed-param-groups"]


def test_a_folder_of_modules_uses_nothing() -> None:
    """A file that cannot be read counts as using everything, but a package without `__init__` is no file."""
    old = VISIBLE.replace(b"groups =", b'no_decay = ["bias", "gamma", "beta"]\ngroups =')
    source = (
        old
        + b"""
kept = [p for n, p in model.named_parameters() if not any(nd in n for nd in no_decay)]
rest = [p for n, p in model.named_parameters() if any(nd in n for nd in no_decay)]
other = AdamW([{"params": kept, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0.0}])
"""
    )
    files = {"train.py": source, "run.py": b"import train\nfrom tools import one\n'gamma'\n", "tools/one.py": b""}
    assert "unmatched-no-decay" in told(files)


def test_facts_are_equal_whatever_stands_beside_them() -> None:
    facts = read_any(VISIBLE, "train.py")
    assert not isinstance(facts, Unparseable)
    assert beside(facts, Others()) == facts
    assert replace(facts) == facts
