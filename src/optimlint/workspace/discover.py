"""Find the files to check. Walks folders as git and ruff do, and reports what cannot be read."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimlint.trigger import PAGES, suffix_of
from optimlint.workspace.outcome import Failure, FailureKind
from optimlint.workspace.paths import path_within, repository_of
from optimlint.workspace.settings import Settings

if TYPE_CHECKING:
    from optimlint.workspace.gitignore import Patterns

SOURCES = frozenset({".py", ".pyi", ".ipynb"})
"""The suffixes that are checked in folders. A file that is named is checked whatever its suffix."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """The files to check, absolute and in order; the failures; and the number of named paths that are excluded."""

    files: tuple[str, ...]
    failures: tuple[Failure, ...]
    excluded: int


def nothing_under(paths: Sequence[str], folder: str) -> Failure:
    """The failure for a run without files. It is not a success, since a mistyped path looks the same."""
    listed = ", ".join(paths)
    return Failure(folder, FailureKind.NOTHING_THERE, f"no Python files or notebooks under {listed}")


@dataclass(frozen=True, slots=True)
class Walk:
    """How to walk. `settings` define the exclusions, which with `forces_exclude` apply to named paths too."""

    settings: Settings
    respects_gitignore: bool = True
    forces_exclude: bool = False
    suffixes: frozenset[str] = SOURCES

    def excludes_named(self, path: str, *, is_folder: bool) -> bool:
        """Whether `path` is excluded although it was named."""
        return self.forces_exclude and _is_excluded_by_name(path, is_folder, self.settings)


def discover(paths: Sequence[str], walk: Walk) -> Discovery:
    """The files that `paths` (files or folders) stand for."""
    files: dict[str, None] = {}
    failures: list[Failure] = []
    excluded = 0
    for path in dict.fromkeys(map(os.path.abspath, paths)):
        try:
            mode = os.stat(path).st_mode
        except OSError as error:
            if isinstance(error, FileNotFoundError):
                failures.append(Failure(path, FailureKind.NOT_FOUND, "no such file"))
            else:
                failures.append(Failure(path, FailureKind.NOT_READABLE, error.strerror or str(error)))
            continue
        is_folder = stat.S_ISDIR(mode)
        if walk.excludes_named(path, is_folder=is_folder):
            excluded += 1
        elif is_folder:
            files.update(dict.fromkeys(_walk(path, walk, failures)))
        elif stat.S_ISREG(mode):
            files[path] = None
            walk.settings.config(os.path.dirname(path))  # A mistake in it must show, whatever the file holds.
        else:
            failures.append(Failure(path, FailureKind.NOT_READABLE, "not a regular file"))
    return Discovery(tuple(sorted(_without_aliases(files))), tuple(failures), excluded)


def _walk(start: str, walk: Walk, failures: list[Failure]) -> Iterator[str]:
    """The files below `start`. Links to folders are not followed, which also prevents cycles."""
    pending = [(start, _ignores_above(start) if walk.respects_gitignore else ())]
    while pending:
        folder, ignores = pending.pop()
        try:
            with os.scandir(folder) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            failures.append(Failure(folder, FailureKind.NOT_READABLE, error.strerror or str(error)))
            continue
        names = {entry.name for entry in listed}
        if "pyvenv.cfg" in names and folder != start:
            continue  # A virtual environment, whatever its name.
        if ".gitignore" in names and walk.respects_gitignore:
            ignores = _with_ignore_file(ignores, folder)
        for entry in listed:
            is_folder = entry.is_dir(follow_symlinks=False)
            if not is_folder and not _has_suffix(entry.name, folder, walk):
                continue
            if walk.settings.is_excluded(entry.path, is_folder=is_folder) or _is_ignored(
                entry.path, is_folder, ignores
            ):
                continue
            if is_folder:
                pending.append((entry.path, ignores))
            elif _is_source(entry, failures):
                yield entry.path


def _has_suffix(name: str, folder: str, walk: Walk) -> bool:
    """Whether a file has a suffix to check in this folder."""
    if os.path.splitext(name)[1] in walk.suffixes:
        return True
    return suffix_of(name) in PAGES and walk.settings.reads_pages(folder)


def _is_source(entry: os.DirEntry[str], failures: list[Failure]) -> bool:
    """Whether a directory entry with the right suffix is a file. A dangling link is reported, unless it is an editor's
    lock file."""
    try:
        if entry.is_file():
            return True
        is_dangling = entry.is_symlink() and not os.path.exists(entry.path)
        reason = "a link that leads nowhere"
    except OSError as error:
        is_dangling, reason = True, error.strerror or str(error)
    if is_dangling and not entry.name.startswith(".#"):
        failures.append(Failure(entry.path, FailureKind.NOT_READABLE, reason))
    return False


def _ignores_above(start: str) -> tuple["Patterns", ...]:
    """The `.gitignore` files of the repository above `start`; none if they ignore `start` itself, which was named."""
    top = repository_of(start) or start
    folders = []
    folder = start
    while folder != top:
        folder = os.path.dirname(folder)
        folders.append(folder)
    ignores: tuple[Patterns, ...] = ()
    for folder in reversed(folders):
        if os.path.isfile(os.path.join(folder, ".gitignore")):
            ignores = _with_ignore_file(ignores, folder)
    return () if _is_ignored(start, True, ignores) else ignores


def _with_ignore_file(ignores: tuple["Patterns", ...], folder: str) -> tuple["Patterns", ...]:
    from optimlint.workspace.gitignore import read_patterns  # pathspec loads here, with the first file that needs it

    patterns = read_patterns(os.path.join(folder, ".gitignore"))
    return (*ignores, patterns) if patterns else ignores


def _is_ignored(path: str, is_folder: bool, ignores: tuple["Patterns", ...]) -> bool:
    """Whether git would ignore `path`, given that it does not ignore its folder. The innermost matching file
    decides."""
    for patterns in reversed(ignores):
        verdict = patterns.verdict(path, is_folder=is_folder)
        if verdict is not None:
            return verdict
    return False


def _is_excluded_by_name(path: str, is_folder: bool, settings: Settings) -> bool:
    """Whether `path`, or a folder between it and the folder of its configuration, is excluded."""
    top = settings.config(os.path.dirname(path)).folder
    while True:
        if settings.is_excluded(path, is_folder=is_folder):
            return True
        path, is_folder = os.path.dirname(path), True
        if not path_within(path, top):  # It is the folder itself, or outside, perhaps on another drive.
            return False


def _without_aliases(files: dict[str, None]) -> Iterator[str]:
    """The files without symbolic links to others among them."""
    links = {file for file in files if os.path.islink(file)}
    seen = {_identity(file) for file in files if file not in links} if links else set()
    for file in files:
        if file in links:
            identity = _identity(file)
            if identity in seen:
                continue
            seen.add(identity)
        yield file


def _identity(file: str) -> tuple[int, int] | str:
    try:
        status = os.stat(file)
    except OSError:
        return file  # Deleted meanwhile; reading it will report that.
    return status.st_dev, status.st_ino
