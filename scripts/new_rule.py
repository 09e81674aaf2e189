"""Creates the files of a new rule: its module, its first fixture and its line in the registry.

The rule finds nothing yet and its fixture expects a finding, so the tests fail until it is implemented.
"""

import argparse
import ast
import re
import sys
from pathlib import Path
from string import Template

from optimlint import __version__
from optimlint.rules import RULES

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "scripts" / "templates"
REGISTRY = ROOT / "src" / "optimlint" / "rules" / "__init__.py"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", metavar="NAME", help="the bad pattern; it reads after `allow`: same-decay-groups")
    parser.add_argument("code", metavar="CODE", help="a free code of its series, such as OPT109")
    arguments = parser.parse_args()
    if complaint := objection(arguments.name, arguments.code):
        parser.error(complaint)
    for path in start(arguments.name, arguments.code):
        print(path.relative_to(ROOT))
    return 0


def objection(name: str, code: str) -> str | None:
    """Why a rule cannot have this name and code; None if it can."""
    if not re.fullmatch(r"[a-z]+(-[a-z]+)*", name):
        return f"{name!r} is no rule name; these are lower-case words joined by hyphens"
    if not re.fullmatch(r"OPT\d{3}", code):
        return f"{code!r} is no code; these are OPT and three digits"
    taken = next((rule for rule in RULES if rule.name == name or rule.code == code), None)
    return f"there is {taken.code} {taken.name} already" if taken else None


def start(name: str, code: str) -> list[Path]:
    """Write the rule's files and its registry lines. Returns the paths written."""
    module = name.replace("-", "_")
    rule = REGISTRY.parent / f"{module}.py"
    fixture = ROOT / "fixtures" / name / "basics.py"
    fixture.parent.mkdir(parents=True, exist_ok=True)
    for template, path in (("rule.py.txt", rule), ("fixture.py.txt", fixture)):
        text = Template((TEMPLATES / template).read_text(encoding="utf-8"))
        path.write_text(text.substitute(name=name, code=code, version=__version__), encoding="utf-8")
    REGISTRY.write_text(registered(REGISTRY.read_text(encoding="utf-8"), module, code), encoding="utf-8")
    return [rule, fixture, REGISTRY]


def registered(registry: str, module: str, code: str) -> str:
    """The registry's text with the module imported and its rule listed in the order of codes."""
    imported = _statement(registry, ast.ImportFrom, "optimlint.rules import")
    names = sorted([*re.findall(r"\w+", imported.partition(" import ")[2]), module])
    imports = "from optimlint.rules import (\n" + "".join(f"    {name},\n" for name in names) + ")"
    listed = _statement(registry, ast.AnnAssign, "RULES")
    lines = re.findall(r"\w+\.RULE", listed)
    lines.insert(sum(rule.code < code for rule in RULES), f"{module}.RULE")
    rules = listed.partition("(")[0] + "(\n" + "".join(f"    {line},\n" for line in lines) + ")"
    return registry.replace(imported, imports).replace(listed, rules)


def _statement(source: str, kind: type[ast.stmt], mark: str) -> str:
    """The text of the first statement of that kind that contains `mark`."""
    texts = (ast.get_source_segment(source, node) for node in ast.parse(source).body if isinstance(node, kind))
    return next(text for text in texts if text and mark in text)


if __name__ == "__main__":
    sys.exit(main())
