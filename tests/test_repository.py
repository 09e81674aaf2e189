"""The modules of a repository: imports are read, resolved, and followed in both directions."""

import ast
import os
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimlint.repository.graph import Graph
from optimlint.repository.imports import ANONYMOUS, Import, imports_of
from optimlint.repository.modules import Modules
from optimlint.repository.outline import outline
from optimlint.repository.repository import ALONE, Repository
from optimlint.repository.sources import Texts

ROOT = "/repository"
SOURCES = sorted(Path(__file__).parent.parent.joinpath("src").rglob("*.py"))


def at(path: str) -> str:
    return f"{ROOT}/{path}"


def graph_of(texts: dict[str, str]) -> Graph:
    imports = {at(path): imports_of(text.encode()) for path, text in texts.items() if path.endswith(".py")}
    return Graph(lambda: tuple(imports), imports.__getitem__, Modules(ROOT, files_of(texts)))


def files_of(texts: dict[str, str]) -> Texts:
    return Texts({at(path): text.encode() for path, text in texts.items()})


def repository_of(texts: dict[str, str]) -> Repository:
    return Repository(ROOT, files_of(texts))


def below(paths: frozenset[str]) -> set[str]:
    return {os.path.relpath(path, ROOT) for path in paths}


# Imports as text.


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a.b as c, d", [Import("a.b", bound="c"), Import("d")]),
        ("from a import b, c as d", [Import("a", 0, (("b", "b"), ("c", "d")))]),
        ("from .. import b", [Import("", 2, (("b", "b"),))]),
        ("from .a.b import *", [Import("a.b", 1, (("*", "*"),))]),
        ("from a import (  # why (not)\n    b,\n    c as d,  # two\n)\n", [Import("a", 0, (("b", "b"), ("c", "d")))]),
        ("from a \\\n    import b\n", [Import("a", 0, (("b", "b"),))]),
        ("if x: import a; from b import c", [Import("a"), Import("b", 0, (("c", "c"),))]),
        ("    import a\r\n", [Import("a")]),
        ('"source": ["from a import b\n",\n "import c"]', [Import("a", 0, (("b", "b"),)), Import("c")]),
        ("importlib.import_module('a.b')", [Import("a.b", bound=ANONYMOUS)]),
        ("# we import nothing of note", []),
        ("reimport a\nfrom_a import b", []),
    ],
)
def test_imports_are_read(text: str, expected: list[Import]) -> None:
    assert list(imports_of(text.encode()).statements) == expected


@pytest.mark.parametrize("path", SOURCES[::5], ids=lambda path: path.name)
def test_imports_are_those_of_python(path: Path) -> None:
    wanted: set[tuple[str, int, str]] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            wanted.update((one.name, 0, "") for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            wanted.update((node.module or "", node.level, one.name) for one in node.names)
    found: set[tuple[str, int, str]] = set()
    for one in imports_of(path.read_bytes()).statements:
        found.update((one.module, one.level, name) for name, _ in one.names or (("", ""),))
    assert wanted <= found


def test_what_is_loaded_by_computed_names_and_paths() -> None:
    text = b"""
import_module(f"models.{name}")
import_module("plugins." + name)
__import__(args.module)
%run ../setup.py
runpy.run_path("tools/prepare.py")
sys.path.insert(0, os.path.join(here, "..", "lib"))
"""
    found = imports_of(text)
    assert found.computed == ("models", "plugins", "")
    assert found.runs == ("../setup.py", "tools/prepare.py")
    assert "../lib" in found.folders


@pytest.mark.parametrize(
    "text", ["import (" * 50_000, "from a import (" * 50_000, "import a," * 50_000, "(#\n" * 50_000]
)
def test_imports_take_linear_time(text: str) -> None:
    imports_of(text.encode())


# Modules.


@pytest.mark.parametrize(
    ("importing", "module", "level", "expected"),
    [
        ("train.py", "models", 0, "models/__init__.py"),
        ("train.py", "models.net", 0, "models/net.py"),
        ("train.py", "models.missing", 0, None),
        ("train.py", "torch", 0, None),
        ("models/net.py", "parts", 1, "models/parts.py"),
        ("models/net.py", "", 1, "models/__init__.py"),
        ("models/net.py", "train", 2, "train.py"),
        ("models/net.py", "elsewhere", 3, None),
        ("tools/run.py", "helper", 0, "tools/helper.py"),
        ("tools/run.py", "models.net", 0, "models/net.py"),
        ("tools/run.py", "kit.optim", 0, "src/kit/optim.py"),
        ("models/net.py", "parts", 0, "models/parts.py"),
        ("train.py", "spread.one", 0, "spread/one.py"),
        ("train.py", "ported", 0, "python/ported/__init__.py"),
        ("train.py", "inner", 0, "packages/inner/src/inner/__init__.py"),
        ("train.py", "twice", 0, None),
    ],
)
def test_modules_are_found_as_python_finds_them(importing: str, module: str, level: int, expected: str | None) -> None:
    texts = dict.fromkeys(
        [
            "train.py",
            "models/__init__.py",
            "models/net.py",
            "models/parts.py",
            "tools/run.py",
            "tools/helper.py",
            "helper.py",
            "src/kit/__init__.py",
            "src/kit/optim.py",
            "spread/one.py",
            "python/ported/__init__.py",
            "packages/inner/pyproject.toml",
            "packages/inner/src/inner/__init__.py",
            "packages/inner/twice.py",
            "packages/other/pyproject.toml",
            "packages/other/twice.py",
        ],
        "",
    )
    texts["setup.py"] = 'setup(package_dir={"": "python"})'
    found = Modules(ROOT, files_of(texts)).resolve(at(importing), module, level)
    assert found == (at(expected) if expected else None)


def test_folders_on_the_path() -> None:
    modules = Modules(ROOT, files_of(dict.fromkeys(["tools/run.py", "lib/common/io.py", "lib/common/__init__.py"], "")))
    assert modules.resolve(at("tools/run.py"), "io", 0, ("../lib/common",)) == at("lib/common/io.py")
    assert modules.resolve(at("tools/run.py"), "io", 0, ("../../../lib",)) is None


def test_classes_are_found_through_re_exports() -> None:
    texts = {
        "train.py": "from nets import Small as Net, Other\n",
        "nets/__init__.py": "from .small import Tiny as Small\nfrom .more import *\n",
        "nets/small.py": "class Tiny: ...\n",
        "nets/more.py": "from .other import *\n",
        "nets/other.py": "class Other: ...\nfrom . import more\n",
        "nets/scripts/run.py": "from ..other import Other\nfrom nets import *\n",
    }
    found = repository_of(texts)
    outline = partial(found.outlines.outline, words=frozenset({"Tiny", "Small", "Other"}))

    def defined(file: str, name: str) -> tuple[str, str] | None:
        return found.naming.definition(at(file), name, outline)

    assert defined("train.py", "Net") == (at("nets/small.py"), "Tiny")
    assert defined("train.py", "Other") == (at("nets/other.py"), "Other")
    assert defined("nets/scripts/run.py", "Small") == (at("nets/small.py"), "Tiny")
    assert defined("nets/scripts/run.py", "Missing") is None


# Who imports whom.


def test_importers_and_holders() -> None:
    graph = graph_of(
        {
            "model.py": "from blocks import Block\n",
            "blocks.py": "",
            "build.py": "import model\n",
            "train.py": "from build import build\nfrom engine import fit\n",
            "engine.py": "",
            "other.py": "import blocks\n",
        }
    )
    assert below(graph.importers(at("model.py"))) == {"build.py", "train.py"}
    assert below(graph.holders(at("model.py"))) == {"blocks.py", "build.py", "train.py", "engine.py"}
    assert below(graph.importers(at("other.py"))) == set()
    assert below(graph.holders(at("other.py"))) == {"blocks.py"}


def test_a_computed_name_may_be_any_module() -> None:
    graph = graph_of(
        {
            "nets/__init__.py": "",
            "nets/one.py": "",
            "lists.py": "",
            "some.py": "import_module(f'nets.{name}')",
            "any.py": "import_module(name)",
        }
    )
    assert below(graph.importers(at("nets/one.py"))) == {"some.py", "any.py"}
    assert below(graph.importers(at("lists.py"))) == {"any.py"}


NAMES = ("a", "b", "pkg.a", "pkg.b", "pkg", "pkg.sub", "pkg.sub.a")
FILES = ("a.py", "b.py", "pkg/__init__.py", "pkg/a.py", "pkg/b.py", "pkg/sub/__init__.py", "pkg/sub/a.py")
STATEMENTS = st.one_of(
    st.sampled_from(NAMES).map(lambda name: f"import {name}\n"),
    st.tuples(st.sampled_from(NAMES), st.sampled_from(("a", "b", "sub", "x", "*"))).map(
        lambda pair: f"from {pair[0]} import {pair[1]}\n"
    ),
    st.tuples(st.sampled_from((".", "..", ".a", "..b", ".sub")), st.sampled_from(("a", "b", "sub", "*"))).map(
        lambda pair: f"from {pair[0]} import {pair[1]}\n"
    ),
)


@given(st.dictionaries(st.sampled_from(FILES), st.lists(STATEMENTS, max_size=3).map("".join), min_size=2))
def test_both_directions_agree(texts: dict[str, str]) -> None:
    """The importers of a file are exactly the files that import it, directly or indirectly."""
    graph = graph_of(texts)
    reached: dict[str, set[str]] = {}
    for start in graph.files:
        pending, found = [start], {start}
        while pending:
            new = graph.loads(pending.pop()) - found
            found |= new
            pending += new
        reached[start] = found
    for file in graph.files:
        assert all(graph_of(texts).reaches(other, file) == (file in reached[other]) for other in graph.files)
        assert graph.importers(file) == {other for other in graph.files if other != file and file in reached[other]}


# Uses of names in a file.

WORDS = frozenset({"groups", "scale"})


def test_names_are_read_in_code_only() -> None:
    found = outline('"groups"\n# groups\ngroups = 1\nx = "the groups"\n', WORDS)
    assert found.names == frozenset() and found.attributes == ()
    assert outline("use(groups)", WORDS).names == {"groups"}
    assert outline("groups.append(1)", WORDS).names == {"groups"}
    assert outline("groups += [1]", WORDS).names == {"groups"}
    assert outline("__all__ = ['groups']", WORDS).names == {"groups"}
    assert outline("globals()['groups']", WORDS).names == {"groups"}


def test_whose_attribute_is_read() -> None:
    text = """
class Coach(Base):
    def __init__(self, plan):
        self.groups = plan.groups
        self.friend = Friend()

    def run(self):
        return self.groups, self.friend.groups

    @staticmethod
    def of(coach):
        return coach.groups

def main():
    coach = Coach(1)
    return coach.groups
"""
    found = outline(text, WORDS)
    assert {(one.base, one.owner, one.made_of) for one in found.attributes} == {
        ("plan", "", ()),
        ("self", "Coach", ()),
        ("self.friend", "", ("Friend",)),
        ("coach", "", ()),
        ("coach", "", ("Coach",)),
    }
    assert found.classes[0].bases == ("Base",) and found.classes[0].binds == {"groups"}


@pytest.mark.parametrize(
    "text",
    [
        "group['scale']",
        "group.get('scale', 1)",
        "'scale' in group",
        "group['scale'] *= 2",
        "for g in o.groups[0]['scale']: 1",
    ],
)
def test_keys_that_are_read(text: str) -> None:
    assert outline(text, WORDS).keys == {"scale"}


@pytest.mark.parametrize(
    "text",
    [
        "group['scale'] = 1",
        "config['scale']",
        "args.get('scale')",
        "{'scale': 1}",
        "class A(Optimizer):\n def __init__(self, p):\n  super().__init__(p, {})\n def step(self):\n  self.g['scale']",
    ],
)
def test_keys_that_are_not_read(text: str) -> None:
    assert outline(text, WORDS).keys == frozenset()


def test_what_cannot_be_read_is_unknown() -> None:
    assert not outline("print 'groups'", WORDS).is_readable
    assert not outline("(" * 5000, WORDS).is_readable


# A repository as the interpreter uses it.


PACKAGE = {
    "train.py": "import sys\nsys.path.append('lib')\nfrom pkg.build import groups\nimport helper\n",
    "run.py": "import train\n",
    "other.py": "from json import loads\n",
    "pkg/__init__.py": "",
    "pkg/build.py": "from . import tools\n",
    "pkg/tools.py": "",
    "lib/helper.py": "",
    "notes.ipynb": '{"cells": [{"source": ["import run\\n", "x"]}]}',
}


def test_a_repository_resolves_names_to_files() -> None:
    repository = repository_of(PACKAGE)
    assert repository.resolve(at("train.py"), "pkg.build") == at("pkg/build.py")
    assert repository.resolve(at("pkg/build.py"), "tools", 1) == at("pkg/tools.py")
    assert repository.resolve(at("pkg/build.py"), "", 1) == at("pkg/__init__.py")
    assert repository.resolve(at("train.py"), "helper") == at("lib/helper.py"), "by what the file puts on its path"
    assert repository.resolve(at("run.py"), "helper") is None
    assert repository.resolve(at("train.py"), "torch.optim") is None


def test_a_repository_knows_who_imports_a_file() -> None:
    repository = repository_of(PACKAGE)
    assert below(repository.importers(at("pkg/build.py"))) == {"train.py", "run.py", "notes.ipynb"}
    assert below(repository.importers(at("other.py"))) == set()
    assert not repository.importers(at("new.py")), "a file that is not saved yet is imported by nobody"


@pytest.mark.parametrize("more", [0, 1_200], ids=["small", "large"])
def test_importers_that_mention_a_name(more: int) -> None:
    """In a large repository, only the imports of files that mention the name are read, with the same answer."""
    many = {f"beside{number}.py": "import os\n" for number in range(more)}
    own = {
        "train.py": "from pkg import groups\ngroups(model)\n",
        "run.py": "import train\ntrain.groups(model)\n",
        "pkg/__init__.py": "from .build import groups\n",
        "pkg/build.py": "def groups(model): ...\n",
        "sibling.py": "def groups(model): ...\n",
        "quiet.py": "import pkg.build\n",
        "any.py": "import_module(name).groups()\n",
    }
    repository = repository_of({**many, **own})
    found = repository.importers_with(at("pkg/build.py"), frozenset({"groups"}))
    assert below(found) == {"train.py", "run.py", "pkg/__init__.py", "any.py"}
    assert repository.graph.is_indexed != bool(more)
    assert found == repository.importers(at("pkg/build.py")) - {at("quiet.py")}
    assert found == repository.importers_with(at("pkg/build.py"), frozenset({"groups"})), "whatever is known by now"


def test_a_file_that_cannot_be_read_may_import_anything() -> None:
    sources = files_of(PACKAGE)
    hidden = at("other.py")
    sources.read = lambda path: None if path == hidden else Texts.read(sources, path)  # type: ignore[method-assign]
    assert hidden in Repository(ROOT, sources).importers(at("pkg/build.py"))


def test_a_repository_gives_texts() -> None:
    repository = repository_of(PACKAGE)
    assert repository.text(at("run.py")) == "import train\n"
    assert repository.text(at("notes.ipynb")) is None, "a notebook's JSON is no Python"
    assert repository.text(at("nothing.py")) is None


def test_whoever_stands_alone_has_no_repository() -> None:
    assert ALONE.resolve(at("a.py"), "b") is None
    assert ALONE.text(at("a.py")) is None
    assert not ALONE.importers(at("a.py"))
