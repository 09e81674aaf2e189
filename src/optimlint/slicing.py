"""Which functions of a source can matter to a rule: the bodies of the others need not be parsed.

LibCST reads about a megabyte a second, and in a long file one or two functions build groups or make an optimizer.
Python's own parser, ten times as fast, tells where functions begin and end. Then words and names decide:

1. A function with the marks that the scan looks for (`trigger.marks_of`) may be where a finding begins; a source in
   which no function and no other code has any has no findings.
2. A function that takes parameters, switches gradients off, makes an optimizer or looks names up dynamically is
   evidence: it may show that what seems wrong is meant.
3. What these functions, and the code outside of functions, make of parameters, groups and fragments of names is
   followed to the names by which it leaves them (`carrying`). Whatever mentions such a name is kept and followed, too.
   So is whatever makes a model, or hands one to a function that takes its parameters (`ways`).
4. A class is kept whole where it may be a model that kept code mentions. Where a method of another class is kept, so is
   its `__init__`.

What is cut away is unknown to all that reads the rest, and never empty: `Slice.cut_functions` tells it.
"""

import ast
import re
import warnings
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import itemgetter

from optimlint.carrying import CannotFollow, Carriers, follow
from optimlint.iterators import reads_iterator_twice
from optimlint.knowledge.optimizers import STEMS, is_optimizer_name, names_in
from optimlint.nesting import exhausts_python
from optimlint.nodes import children, walk
from optimlint.text import Lines
from optimlint.trigger import NO_MARK, Mark, has_suppression, marks_of, may_matter, uses_optimizer
from optimlint.ways import Unit, Ways, ways_of

_SHORTEST_CUT = 60
"""Characters of a body that make a cut pay."""

_EVIDENCE = ("parameters(", "modules(", "children(", "requires_grad", "param_group", "__dict__")
"""What a function does with parameters, in words."""
_LOOKUPS = ("getattr(", "globals(", "locals(", "vars(", "eval(", "exec(")
_LOOKS_UP = re.compile(r"getattr\([^,()]+,\s*[^\"'\s]|(?<![\w.])(?:globals|locals|vars|eval|exec)\(")
"""A name that is looked up by a value, so that nobody knows which it is."""
_MAKES_SOMETHING = re.compile(r"(?<!def )(?<!\w)(?!_?(?:has|is|load|log|save|step|zero)_)(\w+)\(\s*[^\s)]")
_MODEL = re.compile(r"(?:Module|Model)$")
_WORD = re.compile(r"\w+")
_HEAD = re.compile(r"[ \t\f]*(?:async\s+)?def\s+")
_RUN_BY_CLASS = frozenset({"__init__", "__new__", "__post_init__", "__call__"})
"""The methods that a call of the class, or of what it makes, runs."""
_LEAST_CUT = 0.2
"""The share of a source that must be left out to pay for finding out which."""
_CUT = "..."
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Slice:
    """A source without the bodies of functions that cannot matter, each replaced by `...`.

    `cuts` are places: from this offset of `text` on, so many characters are missing in all. `cut_functions` are the
    offsets in the source at which the names of the functions stand that lack their bodies.
    """

    text: str
    cuts: tuple[tuple[int, int], ...] = ()
    cut_functions: frozenset[int] = frozenset()

    def offset_in_source(self, offset: int) -> int:
        """Where what stands at an offset of `text` stands in the source."""
        if not self.cuts:
            return offset
        place = bisect_right(self.cuts, offset, key=itemgetter(0))
        return offset + (self.cuts[place - 1][1] if place else 0)


def slice_of(text: str, builders: Iterable[str] = ()) -> Slice | None:
    """What can matter of `text`; None where nothing can. `builders` are the qualified names of functions that return
    groups. What Python's own parser refuses is left whole."""
    encoded = _encoded(text)
    if has_suppression(encoded) or exhausts_python(text):
        return Slice(text)
    try:
        with warnings.catch_warnings(action="ignore"):
            module = ast.parse(text)
        return _slice(_read(module, text, encoded), frozenset(name.rpartition(".")[2] for name in builders))
    except (SyntaxError, ValueError, RecursionError, MemoryError, CannotFollow):
        return Slice(text)


@dataclass(slots=True)
class _Unit:
    """A function that stands in a module or in a class: the offsets at which its definition, its name and its body
    begin and at which it ends, and the class around it, if any."""

    node: ast.FunctionDef | ast.AsyncFunctionDef
    class_name: str
    start: int
    name: int
    body: int
    end: int
    text: str
    nodes: tuple[ast.AST, ...] = ()
    words: frozenset[str] = frozenset()
    is_kept: bool = False
    marks: Mark = NO_MARK
    is_given: bool = False
    """Whether a kept function calls it with something that is followed."""
    followed: tuple[frozenset[str], bool] | None = None
    """What was known of it when it was followed last."""

    def all_nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the function."""
        self.nodes = self.nodes or tuple(walk(self.node))
        return self.nodes


@dataclass(slots=True)
class _Source:
    """A source by its units, its classes, and all nodes outside of units."""

    text: str
    encoded: bytes
    module: ast.Module
    units: list[_Unit] = field(default_factory=list)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    outside: list[ast.AST] = field(default_factory=list)
    words: Counter[str] = field(default_factory=Counter)
    """How often each word stands outside of units."""
    followed: frozenset[str] | None = None
    """The words that carried something when what stands outside was followed last."""

    @property
    def outer_text(self) -> str:
        """The text outside of units."""
        ends = [0, *(unit.end for unit in self.units)]
        starts = [*(unit.start for unit in self.units), len(self.text)]
        return "\n".join(self.text[end:start] for end, start in zip(ends, starts, strict=True))


def _read(module: ast.Module, text: str, encoded: bytes) -> _Source:
    """Sort the nodes of a source, without recursion: functions, classes, and whatever is neither."""
    source = _Source(text, encoded, module)
    lines = Lines(text)
    pending: list[tuple[ast.AST, str]] = [(module, "")]
    while pending:
        node, class_name = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            source.units.append(_unit(node, class_name, lines, text))
            pending += [(child, class_name) for child in (*node.decorator_list, node.args)]
            continue
        if isinstance(node, ast.ClassDef):
            source.classes[node.name] = node
            class_name = node.name
        else:
            source.outside.append(node)
        pending += [(child, class_name) for child in children(node)]
    source.units.sort(key=lambda unit: unit.start)
    return source


def _unit(node: ast.FunctionDef | ast.AsyncFunctionDef, class_name: str, lines: Lines, text: str) -> _Unit:
    start = lines.line_start(_first_line(node))
    end = lines.line_end(node.end_lineno or node.lineno)
    head = _HEAD.match(text, lines.line_start(node.lineno) + node.col_offset)
    if head is None:
        raise CannotFollow
    body = lines.line_start(_first_line(node.body[0])) + node.body[0].col_offset
    return _Unit(node, class_name, start, head.end(), body, end, text[start:end])


def _first_line(node: ast.stmt) -> int:
    """The line at which a statement begins, its decorators included."""
    decorators = getattr(node, "decorator_list", ())
    return decorators[0].lineno if decorators else node.lineno


def _slice(source: _Source, builders: frozenset[str]) -> Slice | None:
    marks = _mark(source)
    if not marks:
        return None
    speaks_of_groups = marks != Mark.ITERATOR
    for unit in source.units:
        unit.is_kept = bool(unit.marks & marks) or (speaks_of_groups and _is_evidence(unit.text))
    _keep_what_matters(source, builders, needs_classes=speaks_of_groups)
    part = _cut(source)
    return part if may_matter(_encoded(part.text)) else None


def _is_evidence(text: str) -> bool:
    """Whether a function may show that what seems wrong is meant. The plain words come first: to search for one takes
    a hundredth of the time."""
    if any(word in text for word in _EVIDENCE):
        return True
    if any(word in text for word in _LOOKUPS) and _LOOKS_UP.search(text):
        return True
    if not any(stem in text for stem in STEMS) and not names_in(text):
        return False
    return any(is_optimizer_name(called) for called in _MAKES_SOMETHING.findall(text))


def _mark(source: _Source) -> Mark:
    """Mark the units in which a finding may begin, and tell the marks of all, and of what stands outside of them."""
    whole = source.encoded
    marks = marks_of(_encoded(source.outer_text), whole)
    if Mark.ITERATOR in marks and not reads_iterator_twice(source.outside, source.module):
        marks &= ~Mark.ITERATOR
    for unit in source.units:
        unit.marks = marks_of(_encoded(unit.text), whole)
        if Mark.ITERATOR in unit.marks and not reads_iterator_twice(unit.all_nodes(), source.module):
            unit.marks &= ~Mark.ITERATOR
        marks |= unit.marks
    if Mark.GROUPS not in marks and not uses_optimizer(whole):
        marks &= ~Mark.TESTS
    return marks


def _keep_what_matters(source: _Source, builders: frozenset[str], *, needs_classes: bool) -> None:
    """Follow what is kept, and keep what mentions the names that are found, until nothing new is found. Raises
    CannotFollow where too little is left out to pay."""
    _refuse_little(source)
    source.words.update(_WORD.findall(source.outer_text))
    for unit in source.units:
        unit.words = frozenset(_WORD.findall(unit.text))
    carriers = Carriers(frozenset({*source.classes, *(unit.node.name for unit in source.units)}), builders)
    ways = _ways(source) if needs_classes else Ways()
    for unit in source.units:
        unit.is_kept |= ways.are_among(unit.words, unit.text)
    before = None
    while before != (state := _state(source, carriers)):
        before = state
        _follow_outside(source, carriers)
        for unit in source.units:
            if unit.is_kept:
                _follow(unit, carriers)
        if needs_classes:
            _keep_classes(source)
        for unit in source.units:
            is_run = unit.node.name in carriers.called
            is_run |= unit.class_name in carriers.called and unit.node.name in _RUN_BY_CLASS
            unit.is_given |= is_run
            unit.is_kept |= is_run or not unit.words.isdisjoint(carriers.words | carriers.watched)
        _refuse_little(source)


def _ways(source: _Source) -> Ways:
    """By which functions models come and go."""
    classes = frozenset(name for name in source.classes if _is_summarized(name, source))
    units = (Unit(_called_as(unit), unit.text, _takes(unit)) for unit in source.units)
    return ways_of(units, classes)


def _called_as(unit: _Unit) -> str:
    return unit.class_name if unit.node.name == "__init__" else unit.node.name


def _takes(unit: _Unit) -> bool:
    """Whether callers give the function anything but the object it belongs to."""
    arguments = unit.node.args
    count = len(arguments.posonlyargs) + len(arguments.args) + len(arguments.kwonlyargs)
    return count > bool(unit.class_name)


def _refuse_little(source: _Source) -> None:
    if sum(unit.end - unit.start for unit in source.units if not unit.is_kept) < _LEAST_CUT * len(source.text):
        raise CannotFollow


def _state(source: _Source, carriers: Carriers) -> tuple[int, ...]:
    """What grows while names are followed."""
    kept = sum(unit.is_kept for unit in source.units)
    return len(carriers.words), len(carriers.watched), len(carriers.called), kept


def _follow_outside(source: _Source, carriers: Carriers) -> None:
    known = frozenset(source.words.keys() & carriers.words)
    if source.followed != known:
        source.followed = known
        follow(source.outside, carriers, None)


def _follow(unit: _Unit, carriers: Carriers) -> None:
    known = unit.words & carriers.words, unit.is_given
    if unit.followed == known:
        return
    unit.followed = known
    arguments = unit.node.args
    listed = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    names = [one.arg for one in listed if one is not None and one.arg not in ("self", "cls")]
    follow(unit.all_nodes(), carriers, unit.node.name, names if unit.is_given else ())


def _keep_classes(source: _Source) -> None:
    """Keep models and optimizers that kept code mentions as a whole. Of other classes keep how an instance begins,
    where they have kept methods, or where another instance may make one as it begins: it may be a layer."""
    for name in source.classes:
        methods = [unit for unit in source.units if unit.class_name == name]
        others = (unit for unit in source.units if unit.is_kept and unit.class_name != name)
        is_mentioned = source.words[name] > 1 or any(name in unit.words for unit in others)
        if _is_summarized(name, source) and (is_mentioned or any(unit.marks for unit in methods)):
            for unit in methods:
                unit.is_kept = True
        elif any(unit.is_kept for unit in methods) or _is_part(name, source):
            for owner in (name, *_bases(name, source)):
                _keep_beginning(owner, source)


def _is_part(name: str, source: _Source) -> bool:
    """Whether an instance of the class may be a part of another, of which more is known."""
    beginnings = (unit for unit in source.units if unit.is_kept and unit.node.name in _RUN_BY_CLASS)
    return any(name in unit.words for unit in beginnings if unit.class_name not in {"", name})


def _keep_beginning(name: str, source: _Source) -> None:
    for unit in source.units:
        if unit.class_name == name and unit.node.name in _RUN_BY_CLASS:
            unit.is_kept = True


def _is_summarized(name: str, source: _Source, depth: int = 0) -> bool:
    """Whether it matters what the class holds or reads: that of a model, or of an optimizer."""
    bases = _bases(name, source)
    return any(_MODEL.search(base) or is_optimizer_name(base) for base in bases) or any(
        base in source.classes and base != name and depth < _DEEPEST and _is_summarized(base, source, depth + 1)
        for base in bases
    )


def _bases(name: str, source: _Source) -> list[str]:
    """The last names of a class's bases; none of a class that is not of this source."""
    node = source.classes.get(name)
    bases = node.bases if node is not None else []
    names = (base for base in bases if isinstance(base, ast.Attribute | ast.Name))
    return [base.attr if isinstance(base, ast.Attribute) else base.id for base in names]


def _cut(source: _Source) -> Slice:
    pieces: list[str] = []
    cuts: list[tuple[int, int]] = []
    functions: set[int] = set()
    written = missing = end = 0
    for unit in source.units:
        if unit.is_kept or not _can_be_cut(unit, source.text):
            continue
        pieces += [source.text[end : unit.body], _CUT]
        written += unit.body - end + len(_CUT)
        missing += unit.end - unit.body - len(_CUT)
        cuts.append((written, missing))
        functions.add(unit.name)
        end = unit.end
    pieces.append(source.text[end:])
    return Slice("".join(pieces), tuple(cuts), frozenset(functions))


def _can_be_cut(unit: _Unit, text: str) -> bool:
    """Whether the body is long enough, and stands on lines of its own."""
    line_start = max(text.rfind("\n", 0, unit.body), text.rfind("\r", 0, unit.body)) + 1
    before = text[line_start : unit.body]
    return unit.end - unit.body >= _SHORTEST_CUT and not before.strip(" \t") and text[unit.body] not in " \t\f"


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
