"""The repositories around the checked files, read from disk in the process that asks."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from optimlint.notebook.texts import code_of
from optimlint.repository.repository import Repository
from optimlint.repository.sources import CODE, CONFIGURATIONS
from optimlint.trigger import PAGES, suffix_of
from optimlint.workspace.configuration import Config
from optimlint.workspace.discover import Walk, discover
from optimlint.workspace.folder_tree import Tree, nearby
from optimlint.workspace.paths import path_within, repository_of
from optimlint.workspace.settings import CommandLine, Settings


@dataclass(frozen=True, slots=True)
class Ground:
    """What determines the files of a repository and their contents: the checked files, whether `.gitignore` files
    count, and unsaved contents of an editor."""

    checked: tuple[str, ...] = ()
    respects_gitignore: bool = True
    unsaved: tuple[tuple[str, bytes], ...] = ()


_MOST_KEPT = 8
"""How many repositories are cached. A process gets the files of one repository after those of another."""


class Repositories:
    """The repositories of files, each created on demand."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._tree = Tree()
        self._repositories: dict[str, Repository] = {}
        self._versioned: dict[str, str | None] = {}

    def around(self, path: str) -> Repository:
        """The repository of a file, which may be just its folder."""
        root = self.root_of(path)
        if root not in self._repositories:
            if len(self._repositories) == _MOST_KEPT:
                self._repositories.pop(next(iter(self._repositories)))
            self._repositories[root] = Repository(root, _Disk(root, self._ground, self._tree))
        return self._repositories[root]

    def root_of(self, path: str) -> str:
        """The folder whose files may use what a file defines. That is its repository; outside of one, the common folder
        of the file's outermost package and all other checked files outside of repositories."""
        repository = self._repository_of(os.path.dirname(path))
        if repository is not None:
            return repository
        folder = os.path.dirname(path)
        while self._tree.is_file(os.path.join(folder, "__init__.py")) and os.path.dirname(folder) != folder:
            folder = os.path.dirname(folder)
        loose = [one for one in self._loose_folders if path_within(one, folder) is None]
        top = _common_folder([folder, *loose])
        is_anything = path_within(os.path.expanduser("~"), top) is not None or os.path.dirname(top) == top
        return folder if is_anything else top

    @cached_property
    def _loose_folders(self) -> tuple[str, ...]:
        """The folders of checked files that are in no repository."""
        folders = dict.fromkeys(map(os.path.dirname, self._ground.checked))
        return tuple(folder for folder in folders if self._repository_of(folder) is None)

    def _repository_of(self, folder: str) -> str | None:
        if folder not in self._versioned:
            self._versioned[folder] = repository_of(folder)
        return self._versioned[folder]


def _common_folder(folders: Sequence[str]) -> str:
    """The common parent folder; the first folder if they are on several drives."""
    try:
        return os.path.commonpath(folders)
    except ValueError:
        return folders[0]


class _Disk:
    """The files of one repository on disk, overlaid by unsaved contents."""

    def __init__(self, root: str, ground: Ground, tree: Tree) -> None:
        self._root = root
        self._ground = ground
        self._tree = tree
        self._unsaved = dict(ground.unsaved)
        self.is_folder = tree.is_folder
        self.folders = tree.folders

    def is_file(self, path: str) -> bool:
        """Whether the path is a file."""
        return path in self._unsaved or self._tree.is_file(path)

    def read(self, path: str) -> bytes | None:
        """The content of a file; None if it cannot be read or is too large."""
        return self._unsaved[path] if path in self._unsaved else self._tree.read(path)

    def code(self, path: str) -> tuple[str, ...] | None:
        """The Python of a file."""
        content = self.read(path)
        return None if content is None else code_of(path, content)

    def files(self) -> Sequence[str]:
        """The files in and below the root, and those that are checked or open there whatever their suffix."""
        suffixes = CODE | CONFIGURATIONS
        found = self._walked(suffixes) if repository_of(self._root) else nearby(self._root, suffixes)
        code = (file for file in (*self._ground.checked, *self._unsaved) if suffix_of(file) not in PAGES)
        others = (file for file in code if path_within(file, self._root) is not None)
        return tuple(dict.fromkeys((*found, *others)))

    def _walked(self, suffixes: frozenset[str]) -> tuple[str, ...]:
        """The files of a repository, including those that a configuration excludes: they are not checked, but their
        uses count."""
        settings = Settings(CommandLine(self._root, config=Config(self._root)))
        return discover([self._root], Walk(settings, self._ground.respects_gitignore, suffixes=suffixes)).files


_HERE = [Repositories(Ground())]
"""The repositories of the files that this process checks."""


def set_up_repositories(ground: Ground) -> None:
    """Set what this process is going to check."""
    _HERE[0] = Repositories(ground)


def around(path: str) -> Repository:
    """The repository of a file that this process checks."""
    return _HERE[0].around(path)
