"""The site builds in strict mode, and its pages show the program's current output."""

import html
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from seed import SEED
from site_support import build_site

from optimlint import check_source
from optimlint.rules import RULES

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("zensical", reason="the site's builder is not installed")
    return build_site(tmp_path_factory.mktemp("site"))


def test_the_site_has_every_page(site: Path) -> None:
    pages = [path.relative_to(DOCS).with_suffix("") for path in DOCS.rglob("*.md")]
    places = [page.parent if page.name == "index" else page for page in pages]
    assert len(places) > 30
    assert [place for place in places if not (site / place / "index.html").is_file()] == []


def test_the_site_can_be_searched(site: Path) -> None:
    index = (site / "search.json").read_text(encoding="utf-8")
    assert all(rule.name in index and rule.code in index for rule in RULES)


def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        loaded = re.findall(
            r"<(?:script|img|link|iframe)\b[^>]*\b(?:src|href)=\"?((?:https?:)?//[^\" >]*)", page.read_text("utf-8")
        )
        assert loaded == [], page


def test_every_page_is_in_the_menu() -> None:
    menu = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = [path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")]
    assert [page for page in pages if not re.search(rf"[ :]{re.escape(page)}$", menu, re.MULTILINE)] == []


def test_the_menu_has_the_rules_in_their_order(site: Path) -> None:
    listed = re.findall(r"rules/([a-z-]+)\.md", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    table = (DOCS / "rules" / "index.md").read_text(encoding="utf-8")
    assert listed == ["index", *re.findall(r"\]\(([a-z-]+)\.md\)", table)]


def test_the_picture_is_todays(tmp_path: Path) -> None:
    for folder in ("scripts", "tests"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "truth"))
    subprocess.run([sys.executable, "scripts/screenshot.py"], cwd=tmp_path, check=True)
    today, shown = (_words(root / "docs" / "assets" / "check.svg") for root in (tmp_path, ROOT))
    (diagnostic,) = check_source(SEED, "train.py")
    assert diagnostic.message.split(":")[0] in shown
    assert shown == today, "`make docs` draws it anew"


def test_the_groups_are_todays(tmp_path: Path) -> None:
    page = (DOCS / "groups.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (tmp_path / "train.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "optimlint", "groups", "train.py"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "COLUMNS": "80", "PYTHONUTF8": "1"},
        check=False,
    )
    assert "10 * args.lr (group)" in done.stdout
    assert f"```console\n$ optimlint groups train.py\n{done.stdout}```" in page


def test_the_hooks_of_the_page_exist() -> None:
    page = (DOCS / "guide" / "hook.md").read_text(encoding="utf-8")
    hooks = re.findall(r"^- id: (\S+)", (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"), re.MULTILINE)
    assert re.findall(r"^\| `(\S+)` \|", page, re.MULTILINE) == hooks


def test_the_extras_of_the_page_exist() -> None:
    page = (DOCS / "guide" / "install.md").read_text(encoding="utf-8")
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    named = set(re.findall(r"optimlint\[(\w+)\]", page))
    table = settings.partition("[project.optional-dependencies]")[2].partition("\n[")[0]
    assert named == set(re.findall(r"^(\w+) = \[", table, re.MULTILINE)) - {"dev", "fuzz"}


def test_the_comparison_has_every_rule_and_todays_findings() -> None:
    """The reports of other checkers need their programs (`make compare`), but those of optimlint must be current."""
    page = (DOCS / "compare.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z-]+): ([a-z ]+) \| \d+ \| \*\*(\d+)\*\*", page, re.MULTILINE)
    assert [rule for rule, _, _ in rows] == [rule.name for rule in RULES if rule.code < "OPT9"]
    for rule, situation, found in rows:
        name = f"{situation.replace(' ', '_')}.py"
        source = (ROOT / "fixtures" / rule / name).read_text(encoding="utf-8")
        lines = {diagnostic.range.start.line for diagnostic in check_source(source, name)}
        assert len(lines) == int(found), f"{rule}/{name}: `make compare` counts anew"


def _words(svg: Path) -> str:
    """The text in a picture. How rich draws it may change between its versions."""
    return " ".join(
        html.unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", svg.read_text("utf-8"), flags=re.S)).split()
    )
