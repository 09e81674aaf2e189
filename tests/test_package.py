"""The wheel: its content, and that it works in an environment with only its own dependencies."""

import os
import re
import subprocess
import sys
import venv
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from seed import FIXED_SEED, SEED, SEED_LINE

import optimlint

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _pip(sys.executable, "wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs in an environment with the wheel and its dependencies."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    _pip(str(folder / "bin" / "python"), "install", str(wheel))
    return folder / "bin"


def test_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    source = ROOT / "src"
    wanted = {
        path.relative_to(source).as_posix()
        for path in (source / "optimlint").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    names = zipfile.ZipFile(wheel).namelist()
    assert "optimlint/py.typed" in wanted
    assert {name for name in names if ".dist-info/" not in name} == wanted
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_metadata(wheel: Path) -> None:
    metadata = _metadata(wheel)
    assert metadata["Name"] == "optimlint"
    assert metadata["Version"] == optimlint.__version__
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    required = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert {re.split(r"[^a-z]", line)[0] for line in required} == {"click", "libcst", "pathspec", "rich"}
    assert not any("==" in line or "<" in line for line in required), "the bounds are loose"


def test_installed_command_finds_and_fixes_the_seed(installed: Path, tmp_path: Path) -> None:
    train = tmp_path / "train.py"
    train.write_text(SEED)

    found = _run(tmp_path, str(installed / "optimlint"), "check", "train.py")
    assert found.returncode == 1, found.stderr
    assert f"train.py:{SEED_LINE}:" in found.stdout
    assert "bypassed-param-groups" in found.stdout

    fixed = _run(tmp_path, str(installed / "optimlint"), "check", "--fix", "train.py")
    assert fixed.returncode == 0, fixed.stdout + fixed.stderr
    assert train.read_text() == FIXED_SEED

    clean = _run(tmp_path, str(installed / "python"), "-m", "optimlint", "check", "train.py")
    assert clean.returncode == 0, clean.stdout + clean.stderr


def test_installed_command_knows_its_version_and_rules(installed: Path, tmp_path: Path) -> None:
    assert optimlint.__version__ in _run(tmp_path, str(installed / "optimlint"), "--version").stdout
    shown = _run(tmp_path, str(installed / "optimlint"), "rule", "bypassed-param-groups")
    assert shown.returncode == 0, shown.stderr
    assert "OPT001" in shown.stdout
    assert "## Not reported" in shown.stdout, "the examples come along"


def test_installed_package_is_a_library(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SEED)
    code = (
        "import optimlint, pathlib;"
        "found = optimlint.check_source(pathlib.Path('train.py').read_text());"
        "print([(one.rule, one.range.start.line) for one in found])"
    )
    done = _run(tmp_path, str(installed / "python"), "-c", code)
    assert done.stdout.strip() == f"[('bypassed-param-groups', {SEED_LINE})]", done.stderr


def _pip(python: str, *arguments: str) -> None:
    command = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(archive.read(name))


def _run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run an installed program without access to this checkout."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "COV"))}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
