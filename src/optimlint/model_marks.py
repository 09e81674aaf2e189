"""Byte-level pre-checks for rules about models and their weights: hidden parameters, layers created in `forward`,
gradient switches, kept weights, schedulers and wrapped names. Part of the scan that decides whether a source is
parsed."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from optimlint.knowledge.layers import LAYERS, MAKES_ANOTHER
from optimlint.knowledge.schedulers import NAMES
from optimlint.knowledge.slips import is_switch_mistyped
from optimlint.text import places

_BRACKETS = rb"\((?:[^()]|\((?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*+\))*+\))*+\))*+\))*+\)"
"""The brackets of a call with their content, nested a few levels."""
_PARAMETER = b"Parameter("
_ENTRIES = (b"def forward", b"def training_step", b"def __call__")
_OTHERS = "|".join(sorted(MAKES_ANOTHER)).encode()
_RESHAPED = re.compile(
    rb"Parameter"
    + _BRACKETS
    + rb"\s*\)*\s*(?:\\\s*)?(?:(?:\.\w+_"
    + _BRACKETS
    + rb"\s*)*\.(?:"
    + _OTHERS
    + rb"|T|mT)\b|[-+*/@%])"
)
"""A parameter in an expression that makes another tensor of it."""
_OPERAND = re.compile(rb"[-+*/@%]\s*\(*(?:\w+\.)*\Z")
"""The code before a parameter that is an operand."""
_LONGEST_PREFIX = 80
_LOCAL = re.compile(rb"[ \t]+(\w+)\s*=\s*(?:\w+\.)*Parameter\(")
"""A name that is bound to a parameter."""
_COLLECTION = re.compile(rb"=[ \t]*(?:[\[{(]|(?:\w++\.)?(?:list|dict|tuple|set|OrderedDict|defaultdict)\()")
"""An assignment of a collection."""
_ATTRIBUTE = re.compile(rb"\bself\.(\w+)[ \t]*(?::[^=]{0,80})?\Z")
_LOCAL_NAME = re.compile(rb"[ \t]+(\w+)[ \t]*(?::[^=]{0,80})?\Z")
"""The target of such an assignment: an attribute, or a name."""
_SEVERAL = re.compile(rb"[ \t]+((?:self\.)?\w+(?:[ \t]*,[ \t]*(?:self\.)?\w+)+)[ \t]*\Z")
"""The targets of a tuple: attributes and names."""
_HANDED = re.compile(rb"self\.(?:[^\n=]{1,120}+=)+ ?(\w++(?:[ \t]*,[ \t]*\w++)*+)(?:\s|\Z)")
"""A name whose value is assigned to an attribute, or several names."""
_MAKES_OBJECT = re.compile(rb"\b(?:[A-Z]\w*|Parameter)\(")
_GIVEN = re.compile(rb"=[ \t]*(?:\w++\.)*(?:[A-Z]\w*)(?:\.\w+)?\(")
_ALONE = re.compile(rb"[ \t]*(\w+)[ \t]*")
_NAME = re.compile(rb"(?<![\w.\"'])[A-Za-z_]\w*(?![\w(\"'])")
_FILLED = re.compile(rb"(?:\.(?:append|extend|insert|update|setdefault)\(|\[[^\]\n]*\][ \t]*=(?!=)|[ \t]*\+=)")
_LISTS = (b"[", b"{", b"list(", b"ict(")
"""The beginnings of collections that are filled under a local name before they are assigned to an attribute."""
_BRACKET = re.compile(rb"[\[\](){}]")
_NESTED = re.compile(_BRACKETS + rb"|\[[^\]]*\]|\{[^}]*\}|#[^\n]*")
_LONGEST_LINE = 300
_LONGEST_FILLING = 120
_LONGEST_DISPLAY = 4_000
"""The most characters of a collection that are searched."""
_LONGEST_LIST = 300
"""The most characters of a collection in which names are looked up."""
_LAYER = re.compile(rb"\b(?:" + "|".join((*LAYERS, "Sequential")).encode() + rb")\(")
_LAYER_OF_TORCH = re.compile(rb"nn\.(?:\w+\.)*(?:" + "|".join((*LAYERS, "Sequential")).encode() + rb")\(")
_LAYER_NAME = re.compile(rb"\b(?:" + "|".join((*LAYERS, "Sequential")).encode() + rb")\b")
_TAKEN_FROM = re.compile(rb"nn import[ \t]*(\([^)]*|(?:[^\n\\]|\\\r?\n)*)")
"""The names imported from torch's package of layers."""
_MODULES = re.compile(rb"modules[\w.]*[ \t]+(?:import|as)\b")
"""An import from a package of layers."""
_BEFORE_CALL = re.compile(
    rb"(?:^[ \t]*|[=(\[{,:]\s*|\b(?:return|else|if|lambda|in|and|or|yield)[ \t]+)(?!self\.)(?:\w+\.)*\Z"
)
"""The code that may precede a call on its line."""
_STATE = b".state_dict()"
_KEPT_STATE = re.compile(rb"[ \t]+[\w., \t\[\]\"']+(?::[^=\n]{0,80})?=(?!=)(?![^\n]*deepcopy)")
_KEPT_STATES = re.compile(rb"[ \t]+[\w.]+[ \t]*=[ \t]*\{\s")
"""A name or attribute that is assigned a model's tensors, or a dict of them."""
_LONGEST_DICT = 2_000
_KEPT_BEST = re.compile(
    rb"[ \t]+(?:[\w.]+,[ \t]*)*([\w.]*best[\w.]*)[ \t]*(?:,[ \t\w.]+)?="
    rb"[^\n=]*?(?<![\w.(])([A-Za-z_][\w.]*)[ \t]*(?:\#[^\n]*)?$",
    re.MULTILINE,
)
_BEST = b"best"
_WRAPPERS = tuple(
    (re.compile(name + rb"(?:[ \t]+as[ \t]+(\w+))?"), name, first)
    for name, first in (
        (b"DataParallel", b"module"),
        (b"FullyShardedDataParallel", b"_fsdp_wrapped_module"),
        (b"torch.compile", b"_orig_mod"),
    )
)
"""Wrappers of models, perhaps imported under other names, and the prefixes that they add to parameter names."""
_FROM_START = re.compile(rb"\.startswith\(|\.split\(|[=!]=\s*[\"']")
_TRAINS = (b".backward(", b".step(", b"Trainer(")
_MAKES_SCHEDULER = re.compile(rb"\b" + NAMES.encode() + rb"\(")
_SCHEDULER = re.compile(
    rb"^[ \t]*\w+[ \t]*(?::[^=\n]{0,80})?=[ \t]*(?:\w+\.)*"
    + NAMES.encode()
    + rb"\(|^[ \t]*\w+[ \t]*,[ \t\w,]*=[ \t]*\w+\(",
    re.MULTILINE,
)
"""A name that is bound to a scheduler, or several names that are bound to the result of a function."""
_TAKEN = (b"parameters(", b"odel", b"nn.", b"modules(", b"children(")
_ASSIGNED = re.compile(rb"\.([A-Za-z_]{11,15})[ \t]*=(?!=)")
"""An attribute whose name is about as long as `requires_grad`."""
_OF_SWITCH = (b"grad", b".requi", b"quires")
"""Parts of `requires_grad`. A name with two typing errors still contains one of them."""
_LONGEST_SLIP = 16
_SWITCH = b".requires_grad"
_SWITCHED = re.compile(rb"\.requires_grad[ \t]*=[ \t]*(True|False)")
_DOTTED = re.compile(rb"(?:\w+\.)*\w+(?:\[[^\[\]\n]*\])?\Z")
_LONGEST_OWNER = 200
_NO_MODULES = frozenset({b"weight", b"bias", b"data", b"grad"})
_PARTS = rb"\bfor\s[^\n:]*\b%b\b[^\n:]*\bin\b[^\n]*(?:children|modules|layers?|blocks?)\b"
_LOOP = (
    rb"\bfor\s[^\n:]*\b%b\b[^\n:]*\bin\b[^\n]*(?:parameters\(|items\(|param)"
    rb"|\b%b\s*=[^\n]*(?:torch\.|Variable|clone|detach)"
)
"""A loop over parameters, or the assignment of a tensor."""
_DEFINITION = re.compile(rb"def[ \t]+(\w+)")
_BEFORE_DEFINITION = re.compile(rb"[ \t]*(?:async[ \t]+)?")
_KEPT_LAMBDA = re.compile(rb"=\s*\(?\s*lambda\b[^\n]*\n?[^\n]*\b(?:" + "|".join(LAYERS).encode() + rb")\s*\(")


def may_hide_weights(source: bytes) -> bool:
    """Whether any rule about models and their weights may have a finding."""
    is_hidden = b"class " in source and (may_keep_apart(source) or may_make_layers(source))
    if is_hidden or may_switch_nothing(source) or may_keep_weights(source):
        return True
    return may_leave_schedulers(source) or may_test_wrapped(source)


def may_keep_apart(source: bytes) -> bool:
    """Whether a parameter may be turned into another tensor, or kept in a plain collection."""
    has_parameters = _PARAMETER in source
    if has_parameters and _may_reshape(source):
        return True
    if not any(name in source for name in _ENTRIES):
        return False
    if not has_parameters and b"nn." not in source:
        return _may_keep_plainly(source) and _LAYER.search(source) is not None
    return _may_keep_plainly(source)


def may_make_layers(source: bytes) -> bool:
    """Whether `forward`, or a method that is called outside of `__init__`, may create a layer."""
    return b"def forward" in source and _may_make_layers(source)


def may_keep_weights(source: bytes, whole: bytes | None = None) -> bool:
    """Whether a name may be bound by reference to a model's weights, or to the model, as the best so far. `source` may
    be a piece of `whole`, in which the uses of a name show that it is a model."""
    if b"if " not in source:
        return False
    if any(_keeps_state(place, source) for place in places(_STATE, source)):
        return True
    lines = {_line_start(place, source) for place in places(_BEST, source)}
    kept = filter(None, (_KEPT_BEST.match(source, line) for line in sorted(lines)))
    return any(_is_of_model(match, source if whole is None else whole) for match in kept)


def _keeps_state(place: int, source: bytes) -> bool:
    """Whether the state dict at a place is assigned to a name or attribute, directly or inside a dict."""
    if _KEPT_STATE.match(source, _line_start(place, source), place):
        return True
    opening = source.rfind(b"{", max(place - _LONGEST_DICT, 0), place)
    is_inside = opening >= 0 and source.find(b"}", opening, place) < 0
    return is_inside and _KEPT_STATES.match(source, _line_start(opening, source)) is not None


def _is_of_model(match: re.Match[bytes], source: bytes) -> bool:
    """Whether a kept name or its value is used like a model: by a method that only models have, or as an argument next
    to an optimizer."""
    either = b"|".join(re.escape(name) for name in match.groups())
    asked = (
        rb"(?<![\w.])(?:%b)\.(?:state_dict|load_state_dict|parameters|named_parameters|eval|train|zero_grad)\(" % either
    )
    beside = rb"\([^()\n]{0,200}\b%b\b[^()\n]{0,200}\b[\w.]*opt" % re.escape(match[2])
    return re.search(asked, source) is not None or re.search(beside, source) is not None


def may_leave_schedulers(source: bytes, piece: str | None = None) -> bool:
    """Whether a source that trains binds a name to a scheduler, or to the result of a function that may return one:
    anywhere in it, or in a piece."""
    if not any(word in source for word in _TRAINS) or not _makes_schedulers(source):
        return False
    return _SCHEDULER.search(source if piece is None else piece.encode("utf-8", "surrogatepass")) is not None


@lru_cache(maxsize=1)
def _makes_schedulers(source: bytes) -> bool:
    """Whether a source creates a scheduler anywhere. Cached, because it is called for each piece of the source."""
    return _MAKES_SCHEDULER.search(source) is not None


def may_test_wrapped(source: bytes) -> bool:
    """Whether the source may test how names of a wrapped model begin, without mentioning the wrapper's prefix."""
    if b"named_parameters(" not in source or _FROM_START.search(source) is None:
        return False
    return any(
        b'"' + first not in source and b"'" + first not in source and _is_made_of(name, imported, source)
        for imported, name, first in _WRAPPERS
    )


def _is_made_of(name: bytes, imported: re.Pattern[bytes], source: bytes) -> bool:
    """Whether a wrapper is called or assigned, under its name or under the name that it is imported as."""
    names = {name, *filter(None, imported.findall(source))} if name in source else ()
    return any(re.search(rb"(?:=|else)\s*(?:\w+\.)*%b\b|%b\(" % (one, one), source) for one in map(re.escape, names))


def may_switch_nothing(source: bytes) -> bool:
    """Whether `requires_grad` may be set where it has no effect: misspelled, or on a module."""
    if not any(word in source for word in _TAKEN):
        return False
    if mistyped_switches(source):
        return True
    return any(_may_be_module(owner, is_on, source) for owner, is_on in _switched(source))


def mistyped_switches(source: bytes) -> frozenset[str]:
    """The assigned attributes whose names are misspellings of `requires_grad`."""
    found = (_attribute_at(place, source) for word in _OF_SWITCH for place in places(word, source))
    assigned = {name.decode() for name in found if name}
    return frozenset(name for name in assigned if is_switch_mistyped(name))


def _attribute_at(place: int, source: bytes) -> bytes:
    """The assigned attribute whose name contains this place; "" if there is none."""
    start = source.rfind(b".", max(place - _LONGEST_SLIP, 0), place)
    match = _ASSIGNED.match(source, start) if start >= 0 else None
    # `self` is no parameter, so its attributes may have any name.
    is_own = source[max(start - 5, 0) : start].endswith(b"self") and not source[max(start - 5, 0) : start - 4].isalnum()
    return match[1] if match and not is_own else b""


def _switched(source: bytes) -> Iterator[tuple[bytes, bool]]:
    """The objects whose `requires_grad` is set, and whether it is set to True. The search starts with the attribute,
    because a pattern that starts with any name is a hundred times as slow."""
    place = source.find(_SWITCH)
    while place != -1:
        switched = _SWITCHED.match(source, place)
        owner = _DOTTED.search(source, max(place - _LONGEST_OWNER, 0), place) if switched else None
        if switched is not None and owner is not None:
            yield owner[0], switched[1] == b"True"
        place = source.find(_SWITCH, place + 1)


def _may_be_module(owner: bytes, is_on: bool, source: bytes) -> bool:
    """Whether the object may be a module, and not a parameter in a loop, a weight or a new tensor."""
    if is_on and b"False" not in source:
        return False
    last = owner.rpartition(b".")[2]
    if last in _NO_MODULES:
        return False
    if b"." in owner:
        return True
    # A plain name may be a module if it is bound to an instance of some class, or to each part of a model in a loop.
    if owner not in _given_objects(source) and re.search(_PARTS % re.escape(owner), source) is None:
        return False
    return re.search(_LOOP % (re.escape(owner), re.escape(owner)), source) is None


def _may_reshape(source: bytes) -> bool:
    if _RESHAPED.search(source):
        return True
    for place in places(_PARAMETER, source):
        if _OPERAND.search(source, max(place - _LONGEST_PREFIX, 0), place):
            return True
        local = _LOCAL.match(source, _line_start(place, source))
        if local and re.search(rb"self\.\w+\s*=[^=\n]*\b" + local[1] + rb"\b\s*[.*+/@-]", source):
            return True
    return False


def _may_keep_plainly(source: bytes) -> bool:
    """Whether an attribute is assigned a list, tuple or dict that may hold modules, directly or through a name."""
    handed: frozenset[bytes] | None = None
    for display in _COLLECTION.finditer(source):
        line = _line_start(display.start(), source)
        target = _SEVERAL.match(source, line, display.start()) or _ATTRIBUTE.search(source, line, display.start())
        if target is None:
            target = _LOCAL_NAME.match(source, line, display.start())
        if target is None:
            continue
        if target.re is not _ATTRIBUTE:
            if not display[0].endswith(_LISTS):
                continue
            handed = _handed(source) if handed is None else handed
        names = [name.strip() for name in target[1].split(b",")]
        if any(
            _may_hold_modules(display, name.removeprefix(b"self."), source)
            for name in names
            if target.re is _ATTRIBUTE or name.startswith(b"self.") or (handed is not None and name in handed)
        ):
            return True
    return False


def _handed(source: bytes) -> frozenset[bytes]:
    """The names whose values are assigned to attributes."""
    return frozenset(name.strip() for names in _HANDED.findall(source) for name in names.split(b","))


def _line_start(place: int, source: bytes) -> int:
    """The offset of the start of the line, but at most `_LONGEST_LINE` bytes back."""
    near = max(place - _LONGEST_LINE, 0)
    return max(source.rfind(b"\n", near, place) + 1, source.rfind(b"\r", near, place) + 1, near)


def _may_hold_modules(display: re.Match[bytes], name: bytes, source: bytes) -> bool:
    """Whether a collection may contain modules or parameters: an instance of some class, a name bound to one, or
    something that is added later."""
    content = _inside(source, display.end())
    is_plain_bracket = display[0].endswith(b"(") and not display[0][-2:-1].isalpha()
    is_tuple = not is_plain_bracket or b"," in _NESTED.sub(b"", content)
    if is_tuple and _MAKES_OBJECT.search(content):
        return True
    if content.strip():
        names = _NAME.findall(content[:_LONGEST_LIST]) if is_tuple else ()
        return bool(names) and not _given_objects(source).isdisjoint(names)
    filled = filter(None, (_FILLED.match(source, place + len(name)) for place in places(name, source)))
    return any(_may_be_module_there(source[one.end() : one.end() + _LONGEST_FILLING], source) for one in filled)


def _may_be_module_there(text: bytes, source: bytes) -> bool:
    """Whether the code that fills a collection contains an instance of some class, or starts with a name bound to
    one."""
    name = _NAME.search(text)
    return _MAKES_OBJECT.search(text) is not None or (name is not None and name[0] in _given_objects(source))


@lru_cache(maxsize=1)
def _given_objects(source: bytes) -> frozenset[bytes]:
    """The names that are bound to an instance of some class."""
    found: set[bytes] = set()
    for given in _GIVEN.finditer(source):
        target = _ALONE.fullmatch(source, _line_start(given.start(), source), given.start())
        if target is not None:
            found.add(target[1])
    return frozenset(found)


def _inside(source: bytes, start: int) -> bytes:
    """The content of a bracket that opens before `start`, up to a limit."""
    depth = 1
    for match in _BRACKET.finditer(source, start, start + _LONGEST_DISPLAY):
        depth += 1 if match[0] in b"([{" else -1
        if depth == 0:
            return source[start : match.start()]
    return source[start : start + _LONGEST_DISPLAY]


def _may_make_layers(source: bytes) -> bool:
    """Whether `forward`, or a method that is called outside of `__init__`, creates a layer."""
    layer = _LAYER if _imports_layers(source) else _LAYER_OF_TORCH
    functions = [one for one in _functions(source) if one.name != b"__init__"]
    makers = {one.name for one in functions if _makes_layer(one, layer, source)}
    if b"forward" in makers or _KEPT_LAMBDA.search(source):
        return True
    if not makers:
        return False
    called = b"\n".join(source[one.start : one.end] for one in functions)
    return any(re.search(rb"(?<!def )\b" + name + rb"\(", called) for name in makers)


def _imports_layers(source: bytes) -> bool:
    """Whether torch's layers may be used without the prefix `nn.`."""
    taken = b" ".join(match[1] for match in _TAKEN_FROM.finditer(source))
    return b"*" in taken or _LAYER_NAME.search(taken) is not None or _MODULES.search(source) is not None


def _makes_layer(function: "_Function", layer: re.Pattern[bytes], source: bytes) -> bool:
    """Whether a function calls a layer class in code, not in a comment."""
    for found in layer.finditer(source, function.start, function.end):
        line = _line_start(found.start(), source)
        before = source[line : found.start()]
        if b"#" not in before and _BEFORE_CALL.search(before):
            return True
    return False


class _Function(NamedTuple):
    name: bytes
    start: int
    end: int


def _functions(source: bytes) -> list[_Function]:
    """The functions of a source, each up to the start of the next."""
    found: list[tuple[bytes, int]] = []
    for match in _DEFINITION.finditer(source):
        start = _line_start(match.start(), source)
        if _BEFORE_DEFINITION.fullmatch(source, start, match.start()):
            found.append((match[1], start))
    ends = (*(start for _, start in found[1:]), len(source))
    return [_Function(name, start, end) for (name, start), end in zip(found, ends, strict=False)]
