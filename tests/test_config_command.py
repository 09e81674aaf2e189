"""The configuration's schema, as editors and other tools use it, and completion in shells."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cli_support import COMMAND, environment, optimlint

from optimlint import RULES
from optimlint.workspace.configuration import KEYS, config_errors

RIGHT = {
    "empty": "",
    "rules": 'select = ["ALL"]\nextend-select = ["overlapping-groups", "OPT103"]\nignore = ["OPT", "OPT1", "OPT20"]\n',
    "patterns": 'exclude = ["a", "*.py", "/b/**"]\nextend-exclude = []\n[per-file-ignores]\n"!src/*" = ["OPT9"]\n',
    "names": 'optimizers = ["a.B"]\ngroup-builders = ["a.b.c"]\ngroup-consumers = ["größe.d"]\n',
}
WRONG = {
    "key": 'slect = ["ALL"]\n',
    "rule": 'select = ["OPT7"]\n',
    "name of a rule": 'ignore = ["bypassed"]\n',
    "rule of a pattern": '[per-file-ignores]\n"a.py" = ["OPT1x"]\n',
    "string for a list": 'select = "ALL"\n',
    "number in a list": "exclude = [3]\n",
    "empty pattern": 'exclude = [" "]\n',
    "name without a module": 'optimizers = ["MyAdam"]\n',
    "list for a table": 'per-file-ignores = ["OPT0"]\n',
}


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the schemas of both kinds of files."""
    folder = tmp_path_factory.mktemp("schemas")
    for name, options in {"table": ["schema"], "project": ["schema", "--pyproject"], "short": ["--schema"]}.items():
        done = optimlint(folder, ["config", *options])
        assert (done.returncode, done.stderr) == (0, b"")
        (folder / f"{name}.json").write_bytes(done.stdout)
    return folder


def test_schema_knows_all_settings_and_rules(schemas: Path) -> None:
    table = json.loads((schemas / "table.json").read_text())
    assert set(table["properties"]) == KEYS
    assert all(setting["description"] for setting in table["properties"].values())
    choices = {choice["const"] for choice in table["definitions"]["rule"]["anyOf"]}
    assert {text for rule in RULES for text in (rule.name, rule.code)} < choices
    assert (schemas / "short.json").read_bytes() == (schemas / "table.json").read_bytes()


def test_schemas_are_schemas(schemas: Path) -> None:
    files = [str(schemas / f"{name}.json") for name in ("table", "project")]
    done = _check_jsonschema("--check-metaschema", *files)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("kind", ["table", "project"])
def test_schema_and_command_agree(schemas: Path, tmp_path: Path, kind: str) -> None:
    """The command and check-jsonschema accept the same configurations."""
    name = "optimlint.toml" if kind == "table" else "pyproject.toml"
    files = {text: tmp_path / str(number) / name for number, text in enumerate([*RIGHT.values(), *WRONG.values()])}
    for text, file in files.items():
        file.parent.mkdir()
        whole = (
            text
            if kind == "table"
            else "[project]\nname = 'x'\n[tool.optimlint]\n" + text.replace("[per-file", "[tool.optimlint.per-file")
        )
        file.write_text(whole, encoding="utf-8")
        assert bool(config_errors(str(file))) == (text in WRONG.values()), text
    right = _check_jsonschema(
        "--schemafile", str(schemas / f"{kind}.json"), *(str(files[one]) for one in RIGHT.values())
    )
    assert right.returncode == 0, right.stdout
    for situation, text in WRONG.items():
        wrong = _check_jsonschema("--schemafile", str(schemas / f"{kind}.json"), str(files[text]))
        assert wrong.returncode == 1, situation


@pytest.mark.network
@pytest.mark.skipif(shutil.which("npm") is None, reason="there is no npm")
def test_schema_in_the_engine_of_editors(schemas: Path, tmp_path: Path) -> None:
    """Taplo, which validates TOML in editors, finds the schema through the guide's comment."""
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(tmp_path), "@taplo/cli"]
    subprocess.run(install, check=True, timeout=300)
    shutil.copy(schemas / "table.json", tmp_path / "optimlint.schema.json")
    for text, code in ((RIGHT["rules"], 0), (WRONG["key"], 1), (WRONG["rule"], 1)):
        (tmp_path / "optimlint.toml").write_text(f"#:schema ./optimlint.schema.json\n{text}")
        done = subprocess.run(
            [tmp_path / "node_modules" / ".bin" / "taplo", "lint", "optimlint.toml"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == code, done.stderr


def _check_jsonschema(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "check_jsonschema", *arguments], capture_output=True, text=True)


def test_command_alone_says_what_there_is(tmp_path: Path) -> None:
    done = optimlint(tmp_path, ["config"])
    assert done.returncode == 0
    assert all(word in done.stdout for word in (b"show", b"verify", b"schema"))
    assert optimlint(tmp_path, ["config", "--schema", "show"]).returncode == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script(tmp_path: Path, shell: str) -> None:
    if shell == "bash" and shutil.which("bash") is None:
        pytest.skip("there is no bash")
    done = optimlint(tmp_path, [], variables={"_OPTIMLINT_COMPLETE": f"{shell}_source"})
    assert done.returncode == 0, done.stderr
    assert f"_OPTIMLINT_COMPLETE={shell}_complete".encode() in done.stdout


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["optimlint", "con"], ["config"]),
        (["optimlint", "config", "v"], ["verify"]),
        (["optimlint", "check", "--ignore-"], ["--ignore-suppressions"]),
        (["optimlint", "check", "--output-format", "ju"], ["junit"]),
        (["optimlint", "check", "--select", "bypassed"], ["bypassed-param-groups"]),
        (
            ["optimlint", "check", "--ignore", "OPT10,OPT20"],
            ["OPT10,OPT201", "OPT10,OPT202", "OPT10,OPT203", "OPT10,OPT204"],
        ),
        (["optimlint", "rule", "unused-s"], ["unused-scheduler", "unused-suppression"]),
    ],
)
def test_completion(tmp_path: Path, words: list[str], offered: list[str]) -> None:
    variables = {
        "_OPTIMLINT_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(words),
        "COMP_CWORD": str(len(words) - 1),
    }
    done = optimlint(tmp_path, [], variables=variables)
    assert done.stdout.decode().split() == [f"plain,{word}" for word in offered]


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_completion_in_bash(tmp_path: Path) -> None:
    """The script, loaded into a real bash, offers the command's completions."""
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "optimlint"
    command.write_text(f'#!/bin/sh\nexec {" ".join(COMMAND)} "$@"\n')
    command.chmod(0o755)
    script = (
        f'PATH="{tmp_path}/bin:$PATH"; eval "$(_OPTIMLINT_COMPLETE=bash_source optimlint)" || exit 3\n'
        "COMP_WORDS=(optimlint che); COMP_CWORD=1\n"
        '_optimlint_completion optimlint; echo "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", script], cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "check\n", done.stderr
