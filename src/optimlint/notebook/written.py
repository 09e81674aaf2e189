"""Which names of the files that a notebook writes are used by the rest of the notebook. No other code can use them."""

import os
import re
from collections.abc import Iterable

from optimlint.facts.models import Exposed, NameKind
from optimlint.repository.imports import STAR, Import, imports_of


class Cells:
    """The cells of a notebook as one text, and what they import."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._text = "\n".join(texts)
        found = imports_of(self._text.encode("utf-8", "surrogatepass"))
        self._runs = frozenset(_module(path) for path in found.runs)
        self._imports: dict[str, list[Import]] = {}
        for one in found.statements:
            self._imports.setdefault(one.module.rpartition(".")[2], []).append(one)

    def taken_from(self, file: str, names: Iterable[Exposed]) -> frozenset[Exposed]:
        """Those of `names`, defined by a written file, that any cell uses."""
        module = _module(file)
        imports = self._imports.get(module, [])
        if not imports and module not in self._runs:
            return frozenset()
        taken = {name for one in imports for name, _ in one.names or ()}
        is_open = module in self._runs or STAR in taken
        return frozenset(
            one
            for one in names
            if is_open
            or (one.kind in (NameKind.VARIABLE, NameKind.FUNCTION) and one.name in taken)
            or re.search(rf"\.{re.escape(one.name)}\b", self._text)
        )


def _module(path: str) -> str:
    return os.path.splitext(os.path.basename(path))[0]
