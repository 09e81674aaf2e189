"""Every fixture marks its findings. The expected text after its fixes is next to it."""

import ast
from collections import Counter

import pytest
from fixtures_support import FIXTURES, Case, Mark, Place, Seen, cases, disagreements, fix_once, look, marks, repair

from optimlint import RULES

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_fixture(case: Case) -> None:
    files = case.read()
    seen = look(case, files)
    found = disagreements(marks(files), seen)
    assert not found, "\n".join(found)

    fixed = repair(case, files)
    for file, content in fixed.items():
        golden = case.golden(file)
        wanted = golden.read_bytes() if golden.exists() else files[file]
        assert content.decode() == wanted.decode(), f"{golden.name} differs; see what `make bless` would write"

    assert repair(case, fixed) == fixed, "the fixes of fixed text change it again"
    added = Counter(one.rule for one in look(case, fixed)) - Counter(one.rule for one in seen)
    assert not added, f"the fixes bring new findings: {dict(added)}"


@pytest.mark.parametrize("case", [case for case in CASES if not case.is_repository], ids=lambda case: case.name)
def test_fix_removes_its_finding(case: Case) -> None:
    ((file, content),) = case.read().items()
    before = Counter(one.rule for one in look(case, {file: content}))
    fixed = fix_once(file, content)
    after = Counter(one.rule for one in look(case, {file: fixed.text.encode()}))
    for rule, count in Counter(diagnostic.rule for diagnostic in fixed.applied).items():
        assert after[rule] <= before[rule] - count, f"{count} fixes of {rule} leave {after[rule]} of {before[rule]}"


@pytest.mark.parametrize("rule", [rule.name for rule in RULES])
def test_rule_has_a_finding_and_a_near_miss(rule: str) -> None:
    own = [case for case in CASES if case.rule == rule]
    assert any(mark.kind == "want" and mark.rule == rule for case in own for mark in marks(case.read()))
    assert any(_has_near_miss(case, rule) for case in own)


def test_folders_are_named_as_rules() -> None:
    assert {case.rule for case in CASES} <= {rule.name for rule in RULES}


def test_goldens_belong_to_fixtures() -> None:
    wanted = {case.golden(file) for case in CASES for file in case.read()}
    assert set(FIXTURES.rglob("*.fixed.*")) <= wanted


def test_gaps_are_silent() -> None:
    for case in CASES:
        files = case.read()
        gaps = {(mark.rule, mark.place) for mark in marks(files) if mark.kind == "gap"}
        if gaps:
            assert gaps.isdisjoint((one.rule, one.place) for one in look(case, files)), case.name


HERE = Place("train.py", 0, 7)
BELOW = Place("train.py", 0, 8)


@pytest.mark.parametrize(
    ("mark", "seen", "complaint"),
    [
        (Mark("want", "a-rule", "0.01", "", HERE), None, "a-rule is not found"),
        (
            Mark("want", "a-rule", "0.01", "", HERE),
            Seen(BELOW, "a-rule", "0.01", "none"),
            "not found",
        ),
        (Mark("want", "a-rule", "0.01", "", HERE), Seen(HERE, "a-rule", "0.02", "none"), "'0.02', not '0.01'"),
        (Mark("want", "a-rule", "", "safe", HERE), Seen(HERE, "a-rule", "", "unsafe"), "is unsafe, not safe"),
        (Mark("gap", "a-rule", "", "", HERE), Seen(HERE, "a-rule", "", "none"), "make the gap a want"),
        (Mark("see", "a-rule", "", "", HERE), Seen(HERE, "a-rule", "", "none"), "names this line as evidence"),
        (None, Seen(HERE, "a-rule", "", "none"), "a-rule is not wanted"),
    ],
)
def test_disagreement_is_told(mark: Mark | None, seen: Seen | None, complaint: str) -> None:
    told = disagreements([mark] if mark else [], [seen] if seen else [])
    assert any(complaint in one for one in told), told


def test_marks_are_read() -> None:
    text = (
        b'# want: a-rule "say \\"x\\"" (safe)  # see: b-rule\n'
        b"\n"
        b"# an ordinary comment\n"
        b"optimizer = make()\n"
        b"groups = []  # gap: a-rule # want: b-rule\n"
    )
    four, five = Place("a.py", 0, 4), Place("a.py", 0, 5)
    assert marks({"a.py": text}) == [
        Mark("want", "a-rule", 'say "x"', "safe", four),
        Mark("see", "b-rule", "", "", four),
        Mark("gap", "a-rule", "", "", five),
        Mark("want", "b-rule", "", "", five),
    ]


def _has_near_miss(case: Case, rule: str) -> bool:
    """Whether some file of the case, or some function or class in it, has no finding of `rule`."""
    files = case.read()
    wanted = {mark.place for mark in marks(files) if mark.kind == "want" and mark.rule == rule}
    for file, content in files.items():
        if all(place.file != file for place in wanted):
            return True
        if not file.endswith(".py"):
            continue
        for node in _definitions(content.decode()):
            span = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            if not any(place.file == file and place.line in span for place in wanted):
                return True
    return False


def _definitions(text: str) -> list[ast.stmt]:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return []
    return [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]
