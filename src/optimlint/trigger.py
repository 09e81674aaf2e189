"""The scan that spares most files the parse.

Every rule speaks of parameters that are taken from a model, so a source without `parameters(` is out at once. Beside
that, a rule needs one of: group dicts (`"params"`), a known builder of groups, names of parameters that are told apart
or a split by dimensions where an optimizer is made, an iterator of parameters that is kept in a name and read twice, or
two streams joined by `and`. All of these leave marks that a search of the bytes finds; what the scan lets through is
parsed, and only then judged.
"""

import os
import re

NOTEBOOK = ".ipynb"
"""The suffix of what is read as a notebook."""

PAGES = frozenset({".markdown", ".md", ".qmd", ".rmd", ".rst"})
"""The suffixes of what is read as a page with code blocks."""

_PARAMETERS = b"parameters("
_KEYS = (b'"params"', b"'params'", b"params=", b"params =")
_GROUP_DICT = re.compile(rb"""["']params["']|dict\((?:[^()]|\([^()]*\))*?\bparams\s*=""")
_BUILDERS = (b"param_groups_", b"add_weight_decay", b"get_optimizer_parameters")
_OPTIMIZERS = (
    b"optim.", b"optimizer", b"Optimizer", b"optim import", b"Adam", b"SGD", b"Adagrad", b"Adadelta", b"RMSprop",
    b"Lamb(", b"LAMB(", b"Lion(", b"Adafactor(", b"Ranger", b"Muon(", b"Sophia",
)  # fmt: skip
_NAMES = re.compile(rb"""["'][\w.]*(?:bias|[Nn]orm|gamma|beta|\bbn|\bln)[\w.]*["']""")
_SPLIT = re.compile(rb"\.ndim\b|\.dim\(\)|\.ndimension\(\)|len\(\s*\w+\.(?:shape|size\(\))")
_KEPT = re.compile(rb"""[ \t]*"?[ \t]*((?:\w+\.)*\w+)[ \t]*(?::[^=]+)?=(?!=)""")
_LAZY = re.compile(
    rb"\s*\(?\s*(?:(?:\w+(?:\[[^\]\n]*\]|\([^()\n]*\))*\.)+(?:named_)?|(?:filter|map|zip|iter|enumerate|(?:itertools\.)?chain)\(.*"
    rb"|\(?\s*\(?\w+(?:\s*,\s*\w+\s*\))?\s+for\s.*|.*\sif\s.*)",
    re.DOTALL,
)
"""What may stand between `=` and `parameters(` where an iterator is kept, and not a list or a sum made of it."""
_FARTHEST_LINE = 3
"""How many lines above `parameters(` the name that keeps it is looked for."""
_LEAD = re.compile(rb"^[ \t]*(?:>+|\.\.\.)[ \t>]*", re.MULTILINE)
_NOQA = (b"noqa", b"NOQA", b"NoQA")
_NOQA_OF_OURS = re.compile(rb"noqa[^\n]*\bopt\d", re.IGNORECASE)
_JOINED = re.compile(rb"parameters\(\)\s+and\s")


def may_matter(source: bytes) -> bool:
    """Whether any rule could say something about `source`."""
    if b"optimlint:" in source or (any(word in source for word in _NOQA) and _NOQA_OF_OURS.search(source)):
        return True  # A suppression that suppresses nothing is a finding, too.
    if _PARAMETERS not in source:
        return False
    if any(builder in source for builder in _BUILDERS) or _JOINED.search(source):
        return True
    if any(key in source for key in _KEYS) and _GROUP_DICT.search(source):
        return True
    if any(name in source for name in _OPTIMIZERS) and (_NAMES.search(source) or _SPLIT.search(source)):
        return True
    return _keeps_iterator(source)


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
    return may_matter(source.replace(b"\\n", b"\n").replace(b"\\t", b"\t").replace(b'\\"', b'"'))


def page_may_matter(source: bytes) -> bool:
    """The same of a page with code blocks, less what may stand before the code of a line: prompts, quote marks."""
    return may_matter(_LEAD.sub(b"", source))


def _keeps_iterator(source: bytes) -> bool:
    """Whether some name is given `….parameters()`, or what is made of it, and stands in two further places."""
    place = source.find(_PARAMETERS)
    while place != -1:
        line_end = place
        for _ in range(_FARTHEST_LINE):
            line_start = source.rfind(b"\n", 0, line_end) + 1
            kept = _KEPT.match(source, line_start, place)
            if kept is not None:
                if _LAZY.fullmatch(source, kept.end(), place) and _is_read_twice(kept[1], source):
                    return True
                break
            line_end = max(line_start - 1, 0)
        place = source.find(_PARAMETERS, place + 1)
    return False


def _is_read_twice(name: bytes, source: bytes) -> bool:
    """Whether the name that keeps an iterator stands in at least two further places."""
    return len(re.findall(rb"(?<![\w.])" + re.escape(name) + rb"\b", source)) > 2
