"""Conventions of every file: names, words, headings, sizes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest
from every import for_each
from fixtures_support import FIXTURES, cases
from results import found_in_text

from optimlint import RULES, Diagnostic
from optimlint.rule import Rule

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "optimlint"
MODULES = sorted(SOURCE.rglob("*.py"))
WRITTEN = [
    path
    for folder in ("src", "tests", "scripts", "docs")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in {".py", ".md", ".txt", ".toml", ".sh"} and "templates" not in path.parts
]

HEADINGS = ["Why it matters", "Example", "Use instead", "Fix safety", "Known limits"]
CHECKER_ITSELF = "OPT9"
"""The series of rules about the checker. They have no bug in training code to show."""

MOST_LINES_OF_A_FUNCTION = 60
MOST_LINES_OF_A_FILE = 400
"""The upper limits. Aim at a screen and at 300 lines."""


def _by_name(rule: Rule) -> str:
    return rule.name


def _by_path(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_modules_import_one_another_in_a_circle() -> None:
    graph = grimp.build_graph("optimlint")
    waiting = {module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules}
    while free := {module for module, imported in waiting.items() if not imported & waiting.keys()}:
        waiting = {module: imported for module, imported in waiting.items() if module not in free}
    assert not waiting, f"a circle, or what leads to one: {sorted(waiting)}"


@pytest.mark.parametrize("rule", RULES, ids=_by_name)
def test_rule_has_one_name_everywhere(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert re.fullmatch(r"OPT\d{3}", rule.code)
    assert (SOURCE / "rules" / f"{rule.name.replace('-', '_')}.py").exists()
    assert (FIXTURES / rule.name).is_dir()
    assert (ROOT / "docs" / "rules" / f"{rule.name}.md").exists()
    assert f"`{rule.name}`" in (ROOT / "CHANGELOG.md").read_text()


def test_rules_are_listed_once_in_order_of_code() -> None:
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_no_rule_file_is_forgotten() -> None:
    files = {path.stem for path in (SOURCE / "rules").glob("*.py") if not path.stem.startswith("_")}
    assert files == {rule.name.replace("-", "_") for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=_by_name)
def test_rule_docs(rule: Rule) -> None:
    summary = rule.summary
    assert summary[0] in "`'\"" or summary[0].isupper(), summary
    assert summary.endswith("."), summary
    headings = re.findall(r"^## (.+)$", rule.docs, re.MULTILINE)
    if not rule.code.startswith(CHECKER_ITSELF):
        assert headings == HEADINGS
        assert "```python" in rule.docs
    assert headings[:1] == HEADINGS[:1]
    assert not _foreign_words(rule.docs)


def test_messages_read_alike() -> None:
    wrong = [text for diagnostic in _all_diagnostics() for text in _badly_worded(diagnostic)]
    assert not wrong, "\n".join(sorted(set(wrong)))


@for_each(WRITTEN, _by_path)
def test_nothing_is_left_to_do(path: Path) -> None:
    assert not re.findall(r"\b(?:TO[D]O|FIX[M]E|XX[X])\b", path.read_text(encoding="utf-8"))


@for_each(MODULES, _by_path)
def test_module_is_of_a_size_to_read(path: Path) -> None:
    text = path.read_text()
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {one.name: length for one in functions if (length := _length(one)) > MOST_LINES_OF_A_FUNCTION}
    assert not long, f"longer than a screen: {long}"
    assert len(text.splitlines()) <= MOST_LINES_OF_A_FILE


def test_no_type_of_ours_inherits_from_another() -> None:
    """Except nodes of a source, whose kinds say that an addition is an expression, and protocols."""
    classes = [node for path in MODULES if path.parent.name != "tree" for node in _classes(path)]
    classes = [node for node in classes if "Protocol" not in map(ast.unparse, node.bases)]
    ours = {node.name for node in classes}
    assert not {node.name: ast.unparse(base) for node in classes for base in node.bases if ast.unparse(base) in ours}


@for_each((path for path in MODULES if not {"interpret", "tree"} & {*path.parts}), _by_path)
def test_public_data_classes_are_frozen_and_slotted(path: Path) -> None:
    """Values that leave a package are immutable. The abstract values that the interpreter builds up, and the nodes that
    it reads, whose bodies are added later, stay inside its package."""
    for node in _classes(path):
        for decorator in map(ast.unparse, node.decorator_list):
            if decorator.startswith("dataclass") and not node.name.startswith("_"):
                assert {"frozen=True", "slots=True"} <= set(re.findall(r"\w+=\w+", decorator)), node.name


@for_each((path for path in MODULES if {"interpret", "facts", "analysis"} & {*path.parts}), _by_path)
def test_nothing_is_told_by_its_place_in_memory(path: Path) -> None:
    """Nodes and abstract values are used as keys themselves. The `id` of a deleted object may be reused."""
    names = (node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    assert not [name.lineno for name in names if isinstance(name, ast.Name) and name.id == "id"]


def _classes(path: Path) -> list[ast.ClassDef]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)]


def _all_diagnostics() -> Iterator[Diagnostic]:
    for case in cases():
        for file, content in case.read().items():
            yield from found_in_text(content, file)


def _badly_worded(diagnostic: Diagnostic) -> Iterator[str]:
    """The texts that break the conventions: a message is a clause, and a fix's title begins like a sentence."""
    for text in (diagnostic.message, *(related.message for related in diagnostic.related)):
        first = text.split(maxsplit=1)[0]
        if text.endswith(".") or "\n" in text or text.count("`") % 2 or (first[0].isupper() and first[1:].islower()):
            yield f"{diagnostic.rule}: {text}"
    for fix in diagnostic.fixes:
        if not fix.title[0].isupper() or fix.title.endswith(".") or "\n" in fix.title or fix.title.count("`") % 2:
            yield f"{diagnostic.rule}: {fix.title}"
    if words := _foreign_words(diagnostic.message):
        yield f"{diagnostic.rule}: {words}"


def _foreign_words(text: str) -> list[str]:
    """Words that other checkers use for findings."""
    return re.findall(r"\b(?:violations?|issues?|problems?)\b", text, re.IGNORECASE)


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1
