"""Files that make an optimizer of what another file builds.

The scan finds nothing in them. A module among them is read with the builder's file, where that is checked; but not if
it is named alone, as a hook names what has changed. A notebook is never read with another file.
"""

import os
from collections.abc import Sequence

from optimlint.repository.repository import Repository
from optimlint.trigger import NOTEBOOK, file_may_matter, file_uses_optimizer, suffix_of
from optimlint.workspace.folder_tree import content_of
from optimlint.workspace.repositories import Ground, Repositories

_MOST_MODULES = 30
"""How many modules are looked at, those that a file imports and those that these import in turn."""


def takers(files: Sequence[str], respects_gitignore: bool) -> dict[str, bytes]:
    """Those of the modules and notebooks that use an optimizer and import, directly or through others, a module in
    which groups may be built, with their contents."""
    repositories = Repositories(Ground(tuple(files), respects_gitignore))
    found: dict[str, bytes] = {}
    for path in files:
        content = content_of(path) if suffix_of(path) in (".py", NOTEBOOK) else None
        if (
            content is not None
            and file_uses_optimizer(content, path)
            and _imports_builder(path, repositories.around(path))
        ):
            found[path] = content
    return found


def _imports_builder(path: str, repository: Repository) -> bool:
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
