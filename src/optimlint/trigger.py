"""The byte scan that avoids parsing most files.

Nearly every rule is about parameters taken from a model by `parameters(`. In addition, a rule needs one of these: group
dicts (`"params"`), a known group builder, parameters distinguished by name or dimensions where an optimizer is created,
an iterator of parameters that is bound to a name and read twice, or two streams joined by `and`. Group dicts matter
without `parameters(` if an optimizer is used, because it may not read their keys. Model classes matter if they keep
weights that nothing trains (`model_marks`). All of these leave marks that a byte search finds. Only sources with marks
are parsed and checked.
"""

import os
import re
from collections.abc import Iterable
from enum import Flag, auto

from optimlint.knowledge.optimizers import (
    BUILDER_PARTS,
    BUILDER_STEMS,
    BUILDER_WORDS,
    OTHER_WORDS,
    capitalized,
    places_of_names,
    stems_among,
)
from optimlint.knowledge.parameter_names import QUOTED_NAMES
from optimlint.loop_marks import leads_training, may_forget_return
from optimlint.model_marks import may_hide_weights
from optimlint.text import places

NOTEBOOK = ".ipynb"
"""The suffix of files that are read as notebooks."""

PAGES = frozenset({".markdown", ".md", ".qmd", ".rmd", ".rst"})
"""The suffixes of files that are read as pages with code blocks."""

_PARAMETERS = b"parameters("
_PARAMS = b"params"
_QUOTED_KEYS = (b'"params"', b"'params'")
_GROUP_KEY = re.compile(
    rb"""["']params["'](?!\s*\](?!\s*(?:\+?=(?!=)|\.(?:append|extend|insert|remove|pop|clear)\b)))"""
)
"""The key of a group dict, or a change of its value. `group["params"]` alone only reads it, as every optimizer does."""
_DICT = b"dict("
_GROUP_KEYWORD = re.compile(rb"(?:[^()]|\([^()]*\))*?\bparams\s*=")
_CALLED = re.compile(rb"\w*\(")
_DEFINING = re.compile(rb"\b(?:def|class)[ \t]+\w*\Z|\bself\.\w*\Z")
_NAME_BEGINS = re.compile(rb"\w*\Z")
_LONGEST_NAME = 60
_OPTIM = b"ptim"
_IN_USE = re.compile(rb"\w+(?:\s*\(\s*[^\s)]|\.[A-Za-z]|\[|\s*=|,\s*\w+\s*=| as )")
"""An optimizer that is called, assigned or accessed. A mere mention, such as an author's name, does not count."""
_END_OF_LINE = re.compile(rb"\w+[ \t]*\r?$", re.MULTILINE)
_SPEAKING = (b"parameters(", b"decay", b"ptimizer", b"regular", b"requires_grad")
"""A function that distinguishes parameters for an optimizer contains at least one of these words."""
_DIMENSIONS = re.compile(rb"\.ndim(?:ension\(\)|\b)")
_COUNTED = re.compile(rb"len\(\s*\w+\.(?:shape|size\(\))")
_UNDECAYED = re.compile(rb"no_?(?:weight_?)?decay\b")
"""Code that distinguishes parameters by their dimensions, or names those without decay."""
_NAMED = b"named_parameters("
_ALWAYS_TRUE = re.compile(
    rb"""["'][\w.]*["']\s+or\s+(?:not\s+)?["'][\w.]*["']\s+(?:not\s+)?in\b|["']\s+or\s+["'][\w.]*["']\s*(?=[:)\]])"""
    rb"""|\bin\s+["'][\w.]*["']\s*(?:[:)\]]|or\b|and\b)"""
)
"""A string that is a test by itself, as in `"fc" or "head" in n`, or in which a name is searched."""
_OWNER = re.compile(rb"((?:\w+\.)+)(?:named_)?\Z")
_LONGEST_OWNER = 80
_APART = 300
"""The largest distance between parameters that one expression lists twice."""
_KEPT = re.compile(rb"""[ \t]*"?[ \t]*((?:\w+\.)*\w+)[ \t]*(?::[^=]+)?=(?!=)""")
_LAZY = re.compile(
    rb"\s*\(?\s*(?:(?:\w+(?:\[[^\]\n]*\]|\([^()\n]*\))*\.)+(?:named_)?|(?:filter|map|zip|iter|enumerate|(?:itertools\.)?chain)\(.*"
    rb"|\(\s*\(?\w+(?:\s*,\s*\w+\s*\))?\s+for\s.*|.*\sif\s.*)",
    re.DOTALL,
)
"""The code between `=` and `parameters(` if an iterator is kept, rather than a list or a sum of it."""
_FARTHEST_LINE = 3
"""How many lines above `parameters(` the name that it is bound to may be."""
_LEAD = re.compile(rb"^[ \t]*(?:>+|\.\.\.)[ \t>]*", re.MULTILINE)
_NOQA = (b"noqa", b"NOQA", b"NoQA")
_NOQA_OF_OURS = re.compile(rb"noqa[^\n]*?\bopt\d", re.IGNORECASE)
_BACKWARD = b"backward("
_STEP = b".step("
_MODES = (b".eval(", b".train(False", b".train(mode=False")
_JOINED = re.compile(rb"parameters\(\)\s+and\s")


class Mark(Flag):
    """The subject of a possible finding."""

    GROUPS = auto()
    """Parameter groups."""
    TESTS = auto()
    """Parameters distinguished by name or dimensions."""
    ITERATOR = auto()
    """An iterator of parameters that is read twice."""
    KEY = auto()
    """The key of a group, which other dicts may have as well."""
    TWICE = auto()
    """The parameters of one model, twice in a short piece of text."""
    NAME = auto()
    """The name of a bias or norm, or a number of dimensions, which other code may mention as well."""


NO_MARK = Mark(0)


def may_matter(source: bytes) -> bool:
    """Whether any rule may have a finding in `source`."""
    if trains(source) or may_forget_return(source):
        return True
    if _has_marks_together(source) if _PARAMETERS in source else _has_groups_in_use(source):
        return True
    return may_hide_weights(source) or has_suppression(source)


def file_may_matter(source: bytes, path: str) -> bool:
    """`may_matter` for a file, which is read according to its suffix."""
    suffix = suffix_of(path)
    if suffix == NOTEBOOK:
        return notebook_may_matter(source)
    return page_may_matter(source) if suffix in PAGES else may_matter(source)


def suffix_of(path: str) -> str:
    """The suffix of a file in lower case."""
    return os.path.splitext(path)[1].lower()


def notebook_may_matter(source: bytes) -> bool:
    """`may_matter` for a notebook's JSON, with the most common escapes undone. Otherwise `\\nimport` would hide the
    start of a word from the scan, and `\\"params\\"` a quoted key."""
    return may_matter(_unescaped(source))


def _unescaped(notebook: bytes) -> bytes:
    return notebook.replace(b"\\n", b"\n").replace(b"\\t", b"\t").replace(b'\\"', b'"')


def page_may_matter(source: bytes) -> bool:
    """`may_matter` for a page with code blocks, without prompts and quote marks before the code of a line."""
    return may_matter(_LEAD.sub(b"", source))


def has_suppression(source: bytes) -> bool:
    """Whether a comment may suppress findings. This matters, since an unused suppression is a finding too."""
    if b"optimlint:" in source:
        return True
    if b"noqa" not in source and b"NOQA" not in source and b"NoQA" not in source:
        return False
    return any(_NOQA_OF_OURS.match(source, place) for word in _NOQA for place in places(word, source))


def marks_of(piece: bytes, source: bytes) -> Mark:
    """The marks in a function, or in the code outside of functions. `source` is the whole source."""
    marks = Mark.ITERATOR if _keeps_iterator(piece, source) else NO_MARK
    if _makes_groups(piece) or _calls_builder(piece, source):
        marks |= Mark.GROUPS
    else:
        marks |= Mark.KEY if _has_group_key(piece) else NO_MARK
        marks |= Mark.TWICE if _lists_twice(piece) else NO_MARK
    if any(word in piece for word in _SPEAKING):
        if _separates(piece):
            marks |= Mark.TESTS
        elif _tells_apart(piece):
            marks |= Mark.NAME
    return marks


def file_uses_optimizer(content: bytes, path: str) -> bool:
    """Whether an optimizer is used in a module or a notebook."""
    return uses_optimizer(_unescaped(content) if suffix_of(path) == NOTEBOOK else content)


def uses_optimizer(source: bytes) -> bool:
    """Whether an optimizer is used in `source`, under whatever name. The cheapest searches come first."""
    if _is_any_used((_OPTIM,), source):
        return True
    words = capitalized(source)
    if _is_any_used(stems_among(words), source):
        return True
    return any(_is_used(place, source) for place in places_of_names(source, words))


def _is_any_used(stems: Iterable[bytes], source: bytes) -> bool:
    found = (place for stem in stems for place in places(stem, source) if not OTHER_WORDS.match(source, place))
    return any(_is_used(place, source) for place in found)


def depends_on_others(source: bytes) -> bool:
    """Whether other files may affect the findings in `source`: it builds groups or optimizers, or trains. Findings
    about model classes alone depend only on the class itself."""
    return uses_optimizer(source) or _has_groups(source) or trains(source)


def trains(source: bytes) -> bool:
    """Whether a source computes gradients and takes steps with them or puts models in evaluation mode, or calls other
    code that does."""
    if _BACKWARD in source:
        return _STEP in source or any(word in source for word in _MODES)
    return leads_training(source)


def _is_used(place: int, source: bytes) -> bool:
    """Whether the optimizer that is named at a place is used there: `AdamW(`, `optim.SGD`, `cls = AdamW`."""
    if _IN_USE.match(source, place):
        return True
    line_start = source.rfind(b"\n", 0, place) + 1
    return b"=" in source[line_start:place] and _END_OF_LINE.match(source, place) is not None


def _has_marks_together(source: bytes) -> bool:
    if _has_groups(source):
        return True
    if (_tells_apart(source) or _lists_twice(source) or _calls_builder(source, source)) and uses_optimizer(source):
        return True
    return _keeps_iterator(source, source)


def _has_groups_in_use(source: bytes) -> bool:
    """Whether a source that takes no parameters from a model has group dicts or gets them from elsewhere, and uses an
    optimizer."""
    has_groups = (_PARAMS in source and _has_groups(source)) or _calls_builder(source, source)
    return has_groups and uses_optimizer(source)


def _has_groups(piece: bytes) -> bool:
    """Whether a piece creates a group dict or an equivalent."""
    return _makes_groups(piece) or _has_group_key(piece)


def _has_group_key(piece: bytes) -> bool:
    return any(key in piece for key in _QUOTED_KEYS) and _GROUP_KEY.search(piece) is not None


def _makes_groups(piece: bytes) -> bool:
    """Whether a piece uses a known builder, joins two streams by `and`, or calls `dict` with parameters."""
    if any(builder in piece for builder in BUILDER_STEMS) or _JOINED.search(piece):
        return True
    return any(_GROUP_KEYWORD.match(piece, place + len(_DICT)) for place in places(_DICT, piece))


def _calls_builder(piece: bytes, source: bytes) -> bool:
    """Whether a function of another file is called whose name says that it builds groups."""
    for word in BUILDER_WORDS if any(part in piece for part in BUILDER_PARTS) else ():
        for place in places(word, piece):
            called = _CALLED.match(piece, place)
            start = max(place - _LONGEST_NAME, 0)
            if called is None or _DEFINING.search(piece, start, place):
                continue
            begun = _NAME_BEGINS.search(piece, start, place)
            name = piece[begun.start() if begun else place : called.end() - 1]
            if b"def " + name not in source:
                return True
    return False


def _tells_apart(source: bytes) -> bool:
    """Whether parameters may be distinguished by name or dimensions."""
    if b".dim()" in source or any(split.search(source) for split in (_DIMENSIONS, _COUNTED)):
        return True
    return any(name.search(source) for name in QUOTED_NAMES) or _separates(source)


def _separates(source: bytes) -> bool:
    """Whether parameters without decay are mentioned, or a test of names is always true."""
    return _UNDECAYED.search(source) is not None or (_NAMED in source and _ALWAYS_TRUE.search(source) is not None)


def _lists_twice(source: bytes) -> bool:
    """Whether one expression may list the parameters of one model twice, with no assignment or keyword between them."""
    before, end = b"", 0
    for place in places(_PARAMETERS, source):
        owner = _OWNER.search(source, max(place - _LONGEST_OWNER, 0), place)
        if owner is None:
            continue
        if owner[1] == before and owner.start() - end < _APART and b"=" not in source[end : owner.start()]:
            return True
        before, end = owner[1], place
    return False


def _keeps_iterator(piece: bytes, source: bytes) -> bool:
    """Whether a name is bound to `….parameters()`, or an iterator over it, and occurs in two further places."""
    for place in places(_PARAMETERS, piece):
        line_end = place
        for _ in range(_FARTHEST_LINE):
            line_start = piece.rfind(b"\n", 0, line_end) + 1
            kept = _KEPT.match(piece, line_start, place)
            if kept is not None:
                # An attribute may be read by any method, a name only by its own function.
                where = source if b"." in kept[1] else piece
                if _LAZY.fullmatch(piece, kept.end(), place) and _is_read_twice(kept[1], where):
                    return True
                break
            line_end = max(line_start - 1, 0)
    return False


def _is_read_twice(name: bytes, source: bytes) -> bool:
    """Whether the name of an iterator occurs in at least two further places."""
    return len(re.findall(rb"(?<![\w.])" + re.escape(name) + rb"\b", source)) > 2
