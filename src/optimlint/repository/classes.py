"""Which file of a repository defines a class, by the qualified name under which another file knows it."""

import re

from optimlint.repository.imports import STAR, imports_of
from optimlint.repository.modules import Files, Modules

_MOST_FOLLOWED = 40
"""How many modules are looked into for one class."""


def defining_file(qualified_name: str, asking: str, modules: Modules, files: Files) -> tuple[str, str] | None:
    """The file that defines a class, and the class's own name there, where the repository has it.

    `.models.Tagger` is relative to the file that asks, and `a|b.*.Tagger` comes by the star import of one of two
    modules if at all: of the last one that has it.
    """
    qualifier, _, name = qualified_name.rpartition(".")
    if not name.isidentifier():
        return None
    folders = imports_of(files.read(asking) or b"").folders
    starts = [
        modules.resolve(asking, one.lstrip("."), len(one) - len(one.lstrip(".")), folders)
        for one in reversed(_modules(qualifier, is_relative=qualified_name.startswith(".")))
    ]
    found = [(start, name) for start in starts if start is not None]
    for module, wanted in found:
        content = files.read(module) if files.is_file(module) else None
        if content is None:
            continue
        if _defines(content, wanted):
            return module, wanted
        imports = imports_of(content)
        for one in imports.statements:
            for taken, bound in one.names or ():
                if bound == wanted or taken == STAR:
                    target = modules.resolve(module, one.module, one.level, imports.folders)
                    further = (target, wanted if taken == STAR else taken)
                    if target is not None and further not in found and len(found) < _MOST_FOLLOWED:
                        found.append((target, further[1]))
    return None


def _modules(qualifier: str, *, is_relative: bool) -> list[str]:
    """The modules that a qualifier stands for. The last dot of `.` and `..pkg` was taken for one before the name."""
    if qualifier.endswith(f".{STAR}"):
        return qualifier.removesuffix(f".{STAR}").split("|")
    return [f"{qualifier}."] if is_relative and not qualifier.strip(".") else [qualifier]


def _defines(content: bytes, name: str) -> bool:
    return re.search(rb"^[ \t]*class[ \t]+" + re.escape(name.encode()) + rb"\b", content, re.MULTILINE) is not None
