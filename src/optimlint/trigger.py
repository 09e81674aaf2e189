"""The scan that spares most files the parse.

Nearly every rule speaks of parameters that are taken from a model, by `parameters(`. Beside that, a rule needs one of:
group dicts (`"params"`), a known builder of groups, names of parameters that are told apart or a split by dimensions
where an optimizer is made, an iterator of parameters that is kept in a name and read twice, or two streams joined by
`and`. Group dicts matter without `parameters(` where an optimizer is used: whatever they hold, it may not read their
keys. And classes of models matter that keep weights where nobody trains them (`model_marks`). All of these leave marks
that a search of the bytes finds; what the scan lets through is parsed, and only then judged.
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
"""The suffix of what is read as a notebook."""

PAGES = frozenset({".markdown", ".md", ".qmd", ".rmd", ".rst"})
"""The suffixes of what is read as a page with code blocks."""

_PARAMETERS = b"parameters("
_PARAMS = b"params"
_QUOTED_KEYS = (b'"params"', b"'params'")
_GROUP_KEY = re.compile(
    rb"""["']params["'](?!\s*\](?!\s*(?:\+?=(?!=)|\.(?:append|extend|insert|remove|pop|clear)\b)))"""
)
"""The key of a group dict, or a change of what it names; `group["params"]` alone reads one, as every optimizer does."""
_DICT = b"dict("
_GROUP_KEYWORD = re.compile(rb"(?:[^()]|\([^()]*\))*?\bparams\s*=")
_CALLED = re.compile(rb"\w*\(")
_DEFINING = re.compile(rb"\b(?:def|class)[ \t]+\w*\Z|\bself\.\w*\Z")
_NAME_BEGINS = re.compile(rb"\w*\Z")
_LONGEST_NAME = 60
_OPTIM = b"ptim"
_IN_USE = re.compile(rb"\w+(?:\s*\(\s*[^\s)]|\.[A-Za-z]|\[|\s*=|,\s*\w+\s*=| as )")
"""An optimizer that is called, assigned or looked into, and not only spoken of, as in the name of an author."""
_END_OF_LINE = re.compile(rb"\w+[ \t]*\r?$", re.MULTILINE)
_SPEAKING = (b"parameters(", b"decay", b"ptimizer", b"regular", b"requires_grad")
"""Words one of which a function uses that tells parameters apart for an optimizer."""
_DIMENSIONS = re.compile(rb"\.ndim(?:ension\(\)|\b)")
_COUNTED = re.compile(rb"len\(\s*\w+\.(?:shape|size\(\))")
_UNDECAYED = re.compile(rb"no_?(?:weight_?)?decay\b")
"""What tells parameters apart by their dimensions, or says which are not decayed."""
_NAMED = b"named_parameters("
_ALWAYS_TRUE = re.compile(
    rb"""["'][\w.]*["']\s+or\s+(?:not\s+)?["'][\w.]*["']\s+(?:not\s+)?in\b|["']\s+or\s+["'][\w.]*["']\s*(?=[:)\]])"""
    rb"""|\bin\s+["'][\w.]*["']\s*(?:[:)\]]|or\b|and\b)"""
)
"""A string that is a test by itself, as in `"fc" or "head" in n`, or that a name is looked for in."""
_OWNER = re.compile(rb"((?:\w+\.)+)(?:named_)?\Z")
_LONGEST_OWNER = 80
_APART = 300
"""How far apart parameters stand that one expression lists twice."""
_KEPT = re.compile(rb"""[ \t]*"?[ \t]*((?:\w+\.)*\w+)[ \t]*(?::[^=]+)?=(?!=)""")
_LAZY = re.compile(
    rb"\s*\(?\s*(?:(?:\w+(?:\[[^\]\n]*\]|\([^()\n]*\))*\.)+(?:named_)?|(?:filter|map|zip|iter|enumerate|(?:itertools\.)?chain)\(.*"
    rb"|\(\s*\(?\w+(?:\s*,\s*\w+\s*\))?\s+for\s.*|.*\sif\s.*)",
    re.DOTALL,
)
"""What may stand between `=` and `parameters(` where an iterator is kept, and not a list or a sum made of it."""
_FARTHEST_LINE = 3
"""How many lines above `parameters(` the name that keeps it is looked for."""
_LEAD = re.compile(rb"^[ \t]*(?:>+|\.\.\.)[ \t>]*", re.MULTILINE)
_NOQA = (b"noqa", b"NOQA", b"NoQA")
_NOQA_OF_OURS = re.compile(rb"noqa[^\n]*?\bopt\d", re.IGNORECASE)
_BACKWARD = b"backward("
_STEP = b".step("
_MODES = (b".eval(", b".train(False", b".train(mode=False")
_JOINED = re.compile(rb"parameters\(\)\s+and\s")


class Mark(Flag):
    """What a finding may be about."""

    GROUPS = auto()
    """Parameter groups."""
    TESTS = auto()
    """Parameters told apart by their names or dimensions."""
    ITERATOR = auto()
    """An iterator of parameters that is read twice."""


NO_MARK = Mark(0)


def may_matter(source: bytes) -> bool:
    """Whether any rule could say something about `source`."""
    if trains(source) or may_forget_return(source):
        return True
    if _has_marks_together(source) if _PARAMETERS in source else _has_groups_in_use(source):
        return True
    return may_hide_weights(source) or has_suppression(source)


def file_may_matter(source: bytes, path: str) -> bool:
    """The same of a file, which is read as its name says."""
    suffix = suffix_of(path)
    if suffix == NOTEBOOK:
        return notebook_may_matter(source)
    return page_may_matter(source) if suffix in PAGES else may_matter(source)


def suffix_of(path: str) -> str:
    """What the name of a file ends with, in small letters."""
    return os.path.splitext(path)[1].lower()


def notebook_may_matter(source: bytes) -> bool:
    """The same of a notebook's JSON, the commonest escapes undone: else `\\nimport` would hide a word from a scan that
    asks where words begin, and `\\"params\\"` a key in quotes."""
    return may_matter(_unescaped(source))


def _unescaped(notebook: bytes) -> bytes:
    return notebook.replace(b"\\n", b"\n").replace(b"\\t", b"\t").replace(b'\\"', b'"')


def page_may_matter(source: bytes) -> bool:
    """The same of a page with code blocks, less what may stand before the code of a line: prompts, quote marks."""
    return may_matter(_LEAD.sub(b"", source))


def has_suppression(source: bytes) -> bool:
    """Whether a comment may suppress findings: one that suppresses nothing is a finding, too."""
    if b"optimlint:" in source:
        return True
    if b"noqa" not in source and b"NOQA" not in source and b"NoQA" not in source:
        return False
    return any(_NOQA_OF_OURS.match(source, place) for word in _NOQA for place in places(word, source))


def marks_of(piece: bytes, source: bytes) -> Mark:
    """What may begin in a piece of a source: in one function, or in what stands outside of them."""
    marks = Mark.ITERATOR if _keeps_iterator(piece, source) else NO_MARK
    if _has_groups(piece) or _lists_twice(piece) or _calls_builder(piece, source):
        marks |= Mark.GROUPS
    if any(word in piece for word in _SPEAKING) and _tells_apart(piece):
        marks |= Mark.TESTS
    return marks


def file_uses_optimizer(content: bytes, path: str) -> bool:
    """Whether an optimizer is used in a module or a notebook."""
    return uses_optimizer(_unescaped(content) if suffix_of(path) == NOTEBOOK else content)


def uses_optimizer(source: bytes) -> bool:
    """Whether an optimizer is used in `source`, whatever it is called. What is found fastest comes first."""
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
    """Whether other files may have a part in what `source` does: where it makes groups or optimizers, or trains. What a
    model's class alone does wrong shows in the class."""
    return uses_optimizer(source) or _has_groups(source) or trains(source)


def trains(source: bytes) -> bool:
    """Whether a source computes gradients and makes steps with them, or puts models in evaluation mode beside that; or
    leads others that do."""
    if _BACKWARD in source:
        return _STEP in source or any(word in source for word in _MODES)
    return leads_training(source)


def _is_used(place: int, source: bytes) -> bool:
    """Whether the optimizer whose name is known at a place is used there: `AdamW(`, `optim.SGD`, `cls = AdamW`."""
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
    """Whether group dicts stand beside an optimizer, or come from elsewhere, in a source that takes no parameters from
    a model itself."""
    has_groups = (_PARAMS in source and _has_groups(source)) or _calls_builder(source, source)
    return has_groups and uses_optimizer(source)


def _has_groups(piece: bytes) -> bool:
    """Whether a group dict is made, or what stands for groups: a known builder, two streams joined."""
    if any(builder in piece for builder in BUILDER_STEMS) or _JOINED.search(piece):
        return True
    if any(key in piece for key in _QUOTED_KEYS) and _GROUP_KEY.search(piece):
        return True
    return any(_GROUP_KEYWORD.match(piece, place + len(_DICT)) for place in places(_DICT, piece))


def _calls_builder(piece: bytes, source: bytes) -> bool:
    """Whether a function that another file defines is called and builds groups, by its name."""
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
    """Whether parameters may be told apart by their names or dimensions."""
    if b".dim()" in source or any(split.search(source) for split in (_DIMENSIONS, _COUNTED, _UNDECAYED)):
        return True
    if any(name.search(source) for name in QUOTED_NAMES):
        return True
    return _NAMED in source and _ALWAYS_TRUE.search(source) is not None


def _lists_twice(source: bytes) -> bool:
    """Whether one expression may list the parameters of one model twice: no assignment or keyword stands between."""
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
    """Whether some name is given `….parameters()`, or what is made of it, and stands in two further places."""
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
    """Whether the name that keeps an iterator stands in at least two further places."""
    return len(re.findall(rb"(?<![\w.])" + re.escape(name) + rb"\b", source)) > 2
