"""The site in Chromium: whether it fits, is readable, and what the filter and the search find."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any  # JSON has any type.

import pytest
from site_support import ROOT, build_site

from optimlint.rules import RULES

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PACKAGES = ("playwright-core@1", "axe-core@4.14.1")
PAGES = ("", "rules/", "rules/bypassed-param-groups/", "guide/configuration/", "found/")

pytestmark = [
    pytest.mark.network,
    pytest.mark.skipif(CHROMIUM is None or shutil.which("npm") is None, reason="npm or Chromium is not installed"),
]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    pytest.importorskip("zensical", reason="the site's builder is not installed")
    folder = build_site(tmp_path_factory.mktemp("site"))
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def seen(address: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("look")
    install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *PACKAGES]
    subprocess.run(install, cwd=folder, check=True, capture_output=True, timeout=300)
    shutil.copy(ROOT / "tests" / "site_look.mjs", folder / "look.mjs")
    pictures = os.environ.get("SITE_PICTURES", str(folder / "pictures"))
    command = ["node", "look.mjs", str(CHROMIUM), address, pictures, *PAGES]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_everything_fits_and_the_page_opens_with_its_title_and_the_search(seen: dict[str, Any]) -> None:
    assert len(seen["seen"]) == 4 * len(PAGES)
    for one in seen["seen"]:
        assert not one["page"] and not one["tables"], f"{one['name']}: something does not fit"
        assert one["title"] and one["search"], f"{one['name']}: no title or no search in view"


def test_everything_can_be_read(seen: dict[str, Any]) -> None:
    assert {one["name"]: one["faults"] for one in seen["seen"] if one["faults"]} == {}


def test_nothing_comes_from_elsewhere(seen: dict[str, Any]) -> None:
    assert [one["elsewhere"] for one in seen["seen"] if one["elsewhere"]] == []


def test_the_rule_index_can_be_filtered(seen: dict[str, Any]) -> None:
    rows = [line for line in (ROOT / "docs" / "rules" / "index.md").read_text("utf-8").splitlines() if "| OPT" in line]
    assert seen["filtered"] == sum("OPT10" in row and "decay" in row for row in rows)
    assert seen["family"] == sum(rule.code.startswith("OPT3") for rule in RULES)


def test_the_search_finds_names_and_codes(seen: dict[str, Any]) -> None:
    (of_code,) = (rule.name for rule in RULES if rule.code == "OPT203")
    assert seen["found"]["bypassed-param-groups"][0] == "bypassed-param-groups"
    assert seen["found"]["OPT203"][0] == of_code
