"""Files that construct an optimizer from what another file builds.

The byte scan finds nothing in them. A module among them is read together with the builder's file if that is checked.
Two cases remain for this module: a caller that is named alone, as a pre-commit hook does, and a notebook, which is
never read together with another file.
"""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from optimlint.trigger import NOTEBOOK, file_may_matter, file_uses_optimizer, suffix_of
from optimlint.workspace.folder_tree import content_of

if TYPE_CHECKING:
    from optimlint.repository.repository import Repository

_MOST_MODULES = 30
"""At most this many modules are searched, including indirect imports."""


def takers(files: Sequence[str], respects_gitignore: bool) -> dict[str, bytes]:
    """Those of `files` that use an optimizer and import, directly or indirectly, a module that may build groups; with
    their contents."""
    using = {path: content for path in files if (content := _using(path)) is not None}
    if not using:
        return {}
    from optimlint.workspace.repositories import Ground, Repositories  # Loads the rules, which most runs never need.

    repositories = Repositories(Ground(tuple(files), respects_gitignore))
    return {path: content for path, content in using.items() if _imports_builder(path, repositories.around(path))}


def _using(path: str) -> bytes | None:
    """The content of a file if it uses an optimizer."""
    content = content_of(path) if suffix_of(path) in (".py", NOTEBOOK) else None
    return content if content is not None and file_uses_optimizer(content, path) else None


def _imports_builder(path: str, repository: "Repository") -> bool:
    modules = [path]
    for module in modules:
        content = content_of(module) if module != path else None
        if content is not None and file_may_matter(content, module):
            return True
        for imported in repository.imports(module).statements:
            names = [name for name, _ in imported.names or ()]
            dotted = [f"{imported.module}.{name}".lstrip(".") for name in names]
            resolved = (repository.resolve(module, one, imported.level) for one in (imported.module, *dotted))
            for one in resolved:
                if one is not None and os.path.isfile(one) and one not in modules and len(modules) < _MOST_MODULES:
                    modules.append(one)
    return False
