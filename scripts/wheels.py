"""Downloads published wheels and unpacks their sources, without installing or executing them."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "wild" / "packages.txt"
CACHE = ROOT / ".wild"


def pinned_packages() -> list[str]:
    """The requirements of wild/packages.txt, each `name==version`."""
    lines = (line.partition("#")[0].strip() for line in PACKAGES.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


def pinned(name: str) -> str:
    """The requirement that pins the package `name`."""
    return next(requirement for requirement in pinned_packages() if requirement.split("==")[0] == name)


def source_of(requirement: str) -> Path:
    """The folder with the unpacked wheel of `requirement`, which is downloaded the first time. It is marked as a
    repository of its own; otherwise names mentioned in other packages would count as mentioned in it."""
    folder = CACHE / "source" / requirement
    if not folder.exists():
        _unpack(_download(requirement), folder)
    (folder / ".git").mkdir(exist_ok=True)
    return folder


def _download(requirement: str) -> Path:
    target = CACHE / "wheels" / requirement
    if not any(target.glob("*.whl")):
        print(f"downloading {requirement}", file=sys.stderr)
        only_the_wheel = ["--no-deps", "--only-binary=:all:", "--ignore-requires-python"]
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
        subprocess.run([*pip, *only_the_wheel, "--dest", str(target), requirement], check=True)
    return next(target.glob("*.whl"))


def _unpack(wheel: Path, folder: Path) -> None:
    """Unpack next to `folder` first, so that an interrupted run leaves no incomplete folder under its name."""
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unfinished)
    unfinished.rename(folder)
