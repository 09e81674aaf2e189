"""What a source asks of the rest of its repository, and when: nothing that could not change what is told."""

from optimlint import Options
from optimlint.cli.work import Answered, Asking, Examined, Source, asked_next, examine, judge
from optimlint.facts.project import Exposed, ModelClass, NameKind, Project, Questions, SubModule
from optimlint.notebook.files import AnyFacts, read_any
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
CLASSES = Questions(classes=frozenset({"net.Net"}))


def facts_of(source: bytes) -> AnyFacts:
    facts = read_any(source, "train.py")
    assert not isinstance(facts, Unparseable)
    return facts


def test_what_is_right_asks_nothing() -> None:
    facts = facts_of(RIGHT.replace(b'"weight_decay": 0.0}', b'"weight_decay": 0.0, "name": "rest"}'))
    assert facts.questions.keys, "it would like to know who reads its keys"
    assert not asked_next(facts, Questions(), "train.py", Options())


def test_a_finding_in_what_others_may_use_asks_whether_they_do() -> None:
    facts = facts_of(VISIBLE)
    assert asked_next(facts, Questions(), "train.py", Options()) == CLASSES
    assert Exposed("groups", NameKind.VARIABLE) in facts.questions.names
    assert asked_next(facts, CLASSES, "train.py", Options()) == facts.questions
    assert not asked_next(facts, facts.questions, "train.py", Options()), "nothing is left to ask"


def test_a_rule_that_was_not_chosen_asks_too() -> None:
    """The finding of one rule hides that of another: whether it is silenced is to be known for both."""
    options = Options(rules=frozenset({"uncovered-parameters"}))
    assert asked_next(facts_of(VISIBLE), CLASSES, "train.py", options).names


def test_a_suppressed_finding_asks_too() -> None:
    """Else the comment would pass for useless where it is needed, or for needed where it is not."""
    facts = facts_of(VISIBLE.replace(b"lr=1e-3)", b"lr=1e-3)  # optimlint: ignore"))
    assert asked_next(facts, CLASSES, "train.py", Options()).names


def test_classes_are_asked_for_first_and_may_show_what_is_wrong() -> None:
    source = Source("train.py", UNCOVERED, Options())
    asking = examine(source)
    assert isinstance(asking, Asking)
    assert asking.questions == CLASSES
    unknown = judge(Answered(source, asking.facts, CLASSES, Project(True)))
    assert unknown == Examined(())
    parts = tuple(SubModule(name, "nn.Linear", True, False, True) for name in ("body", "neck", "head"))
    known = Project(True, classes=(("net.Net", ModelClass("Net", parts, True)),))
    found = judge(Answered(source, asking.facts, CLASSES, known))
    assert isinstance(found, Examined)
    assert [one.rule for one in found.diagnostics] == ["uncovered-parameters"]
