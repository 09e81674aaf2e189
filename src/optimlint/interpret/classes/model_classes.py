"""Summaries of model classes: their sub-modules, and which of them `forward` uses. Based on the code of the class and
its bases alone."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from optimlint.diagnostic import Range
from optimlint.facts.models import ModelClass, SubModule
from optimlint.interpret.classes.class_uses import (
    attribute_of,
    dotted,
    frozen_attributes,
    owner_of,
    result_attributes,
    used_attributes,
)
from optimlint.interpret.literals import text_of
from optimlint.knowledge.layers import (
    CONTAINERS,
    HUB_LOADERS,
    LOADED_WITHOUT_PARAMETERS_ENDS,
    MODEL_BASES,
    MODEL_BASES_ENDS,
    OBJECT_BASES,
    PARAMETER_CONTAINERS,
    REGISTERING,
    WITHOUT_PARAMETERS,
    WITHOUT_PARAMETERS_ENDS,
    has_parameters,
    parameters_of_layer,
)
from optimlint.knowledge.summaries import same_module
from optimlint.knowledge.words import NUMBERS, says_data
from optimlint.syntax import tree
from optimlint.syntax.tree import walk

_DEEPEST = 5


ClassFinder = Callable[[tree.ClassDef, str], tree.ClassDef | None]
"""Resolves a dotted name in the code of a class to the class that it refers to."""


@dataclass(frozen=True, slots=True)
class ClassCode:
    """What a summary asks about code: classes by name, the range and text of a node, and the name of the checkpoint
    that a call loads, as far as the interpreter knows it."""

    find: ClassFinder
    place: Callable[[tree.Node], Range | None]
    text: Callable[[tree.Node], str]
    loads: Callable[[tree.Call], str]


@dataclass(slots=True)
class _Reading:
    """The state of reading one class."""

    code: ClassCode
    depth: int = 0
    found: dict[str, SubModule] = field(default_factory=dict)
    methods: dict[str, tree.FunctionDef] = field(default_factory=dict)
    overridden: dict[tree.FunctionDef, tree.FunctionDef] = field(default_factory=dict)
    """The method of a base class that each method overrides."""
    is_closed: bool = True
    given: "_Given | None" = None
    method: tree.FunctionDef | None = None
    """The current method."""
    within: tree.ClassDef | None = None
    """The current class: the requested one or a base of it."""

    def class_named(self, name: str) -> tree.ClassDef | None:
        """The class that a name refers to in the current class."""
        return self.code.find(self.within, name) if self.within is not None else None


@dataclass(frozen=True, slots=True)
class _Given:
    """The modules that a call of the class passes to its constructor, by parameter name."""

    constructor: tree.FunctionDef
    modules: dict[str, SubModule]


def summarize_class(node: tree.ClassDef, code: ClassCode, depth: int = 0, handed: "_Given | None" = None) -> ModelClass:
    """The summary of a class from its own code and that of its known bases."""
    reading = _Reading(code, depth, given=handed)
    _read_class(reading, node)
    if not reading.found:
        return ModelClass(node.name.value, (), reading.is_closed)
    methods = reading.methods
    used = used_attributes(methods, reading.overridden)
    frozen = frozen_attributes(methods, reading.overridden, reading.found, code.text)
    results = result_attributes(methods)
    given = {name for name, one in reading.found.items() if not one.kind and one.has_parameters is None}
    settings = given - _used_as_modules(methods, given, code.text) if given else set()
    sub_modules = tuple(
        replace(
            one,
            is_used=one.name in used,
            is_frozen=one.name in frozen,
            gives_result=one.name in results,
            runs_without_gradient=not used.get(one.name, True),
        )
        for one in reading.found.values()
        if one.name not in settings
    )
    return ModelClass(node.name.value, sub_modules, reading.is_closed)


def is_model_class(node: tree.ClassDef, find: ClassFinder, depth: int = 0) -> bool:
    """Whether the class is a module, judged by the names of its bases."""
    for argument in node.bases:
        name = dotted(argument.value)
        if name in MODEL_BASES or name.endswith(MODEL_BASES_ENDS):
            return True
        base = find(node, name) if depth < _DEEPEST else None
        if base is not None and base is not node and is_model_class(base, find, depth + 1):
            return True
    return False


def _read_class(reading: _Reading, node: tree.ClassDef) -> None:
    around, reading.within = reading.within, node
    _read_bases(reading, node)
    for part in node.body.body if isinstance(node.body, tree.IndentedBlock) else ():
        if isinstance(part, tree.FunctionDef):
            replaced = reading.methods.get(part.name.value)
            if replaced is not None:
                reading.overridden[part] = replaced
            reading.methods[part.name.value] = part
            _read_method(reading, part)
    reading.within = around


def _read_bases(reading: _Reading, node: tree.ClassDef) -> None:
    for argument in node.bases:
        name = dotted(argument.value)
        base = reading.class_named(name)
        if base is not None and base is not node and reading.depth < _DEEPEST:
            reading.depth += 1
            _read_class(reading, base)
        elif name not in {*OBJECT_BASES, *MODEL_BASES} and not name.endswith("PreTrainedModel"):
            reading.is_closed = False


def _read_method(reading: _Reading, method: tree.FunctionDef) -> None:
    owner = owner_of(method)
    reading.method = method
    if not _may_bind(owner, reading.code.text(method)):
        return  # The body need not be lowered.
    for node in walk(method.body):
        match node:
            case tree.Assign(targets=targets, value=value):
                for target in targets:
                    _read_assignment(reading, owner, target.target, value)
            case tree.AnnAssign(target=target, value=tree.Expression() as value):
                _read_assignment(reading, owner, target, value)
            case tree.Call(func=tree.Attribute(value=tree.Name(value=name), attr=tree.Name(value=called))) if (
                name == owner
            ):
                _read_registration(reading, called, node)
            case tree.Call(func=tree.Name(value="setattr")):
                reading.is_closed = False


def _may_bind(owner: str, text: str) -> bool:
    """Whether a method with this text may bind attributes of the object, or register modules."""
    if "setattr" in text or any(name in text for name in REGISTERING):
        return True
    bound = rf"\b{re.escape(owner)}\.\w+(?:\.\w+|\[[^\]\n]*\])*(?:[ \t]*,[^=\n]*)?[ \t]*(?::[^=\n]+)?=(?!=)"
    return re.search(bound, text) is not None


def _read_registration(reading: _Reading, called: str, call: tree.Call) -> None:
    if called not in REGISTERING:
        return
    name = call.args[0].value if call.args else None
    if isinstance(name, tree.SimpleString) and len(call.args) > 1:
        _add(reading, text_of(name), call.args[1].value, call)
    else:
        reading.is_closed = False


def _read_assignment(reading: _Reading, owner: str, target: tree.Expression, value: tree.Expression) -> None:
    match target:
        case tree.Attribute(value=tree.Name(value=name), attr=tree.Name(value=attribute)) if name == owner:
            _add(reading, attribute, value, target)
        case tree.Attribute(value=tree.Attribute(value=tree.Name(value=name), attr=tree.Name(value=tied))) if (
            name == owner
        ):
            # `self.head.weight = self.embed.weight`: `head` may have no parameters of its own left.
            if tied in reading.found:
                reading.found[tied] = replace(reading.found[tied], has_parameters=None)
        case _:
            return


def _add(reading: _Reading, name: str, value: tree.Expression, place: tree.Node) -> None:
    made = _sub_module(reading, name, value)
    if made is None:
        return
    known = reading.found.get(name)
    if known is not None and known.has_parameters:
        return
    reading.found[name] = replace(made, range=reading.code.place(place))


def _sub_module(reading: _Reading, name: str, value: tree.Expression) -> SubModule | None:
    """The sub-module that an attribute holds; None if it certainly has no parameters."""
    match value:
        case tree.Call():
            return _called(reading, name, value)
        case tree.Name(value=given) if reading.given is not None and reading.method is reading.given.constructor:
            return replace(reading.given.modules.get(given, SubModule("", "", False, False, None)), name=name)
        case tree.Name() | tree.Attribute():
            return SubModule(name, "", False, False, None)
        case tree.IfExp(body=body, orelse=orelse):
            return _sub_module(reading, name, body) or _sub_module(reading, name, orelse)
        case _:
            return None


def _called(reading: _Reading, name: str, call: tree.Call) -> SubModule | None:
    if isinstance(call.func, tree.Attribute) and call.func.attr.value in same_module():
        inner = call.func.value
        return _sub_module(reading, name, inner) if isinstance(inner, tree.Call) else None
    kind = dotted(call.func)
    last = kind.rpartition(".")[2]
    if last in HUB_LOADERS:
        return _loaded(reading, name, kind, call)
    if last in CONTAINERS:
        parts = tuple(_members(reading, call))
        known = [part.has_parameters for part in parts]
        has = True if any(known) else (False if known and all(one is False for one in known) else None)
        return SubModule(name, kind, False, False, True if last in PARAMETER_CONTAINERS else has, parts=parts)
    if has_parameters(last):
        return SubModule(name, kind, False, False, True, is_norm="Norm" in last)
    if last in WITHOUT_PARAMETERS or last.endswith(WITHOUT_PARAMETERS_ENDS):
        return None
    own = reading.class_named(kind)
    if own is not None and reading.depth < _DEEPEST:
        given = _given(reading, own, call)
        inner_class = summarize_class(own, reading.code, reading.depth + 1, given)
        has = (
            True
            if any(map(_may_be_trained, inner_class.sub_modules))
            else (False if inner_class.is_closed and not inner_class.sub_modules else None)
        )
        return SubModule(name, kind, False, False, has, is_norm="Norm" in last, parts=inner_class.sub_modules)
    if last[:1].isupper() or not kind:
        return SubModule(name, kind, False, False, None, is_norm="Norm" in last)
    return SubModule(name, kind, False, False, None)


def _given(reading: _Reading, own: tree.ClassDef, call: tree.Call) -> _Given | None:
    """The modules that a call passes to the constructor of a class: `Residual(width, nn.Linear(width, width))`. None if
    there are none."""
    statements = own.body.body if isinstance(own.body, tree.IndentedBlock) else ()
    constructor = next(
        (one for one in statements if isinstance(one, tree.FunctionDef) and one.name.value == "__init__"), None
    )
    if constructor is None:
        return None
    names = [one.name.value for one in constructor.params.params[1:]]
    by_keyword = {*names, *(one.name.value for one in constructor.params.kwonly_params)}
    rebound = {
        target.target.value
        for node in walk(constructor.body)
        if isinstance(node, tree.Assign)
        for target in node.targets
        if isinstance(target.target, tree.Name)
    }
    modules: dict[str, SubModule] = {}
    for index, argument in enumerate(call.args):
        if argument.star:
            break
        name = argument.keyword.value if argument.keyword is not None else names[index] if index < len(names) else ""
        made = _sub_module(reading, name, argument.value) if name in by_keyword - rebound else None
        if made is not None and made.kind:
            modules[name] = made
    return _Given(constructor, modules) if modules else None


def _may_be_trained(part: SubModule) -> bool:
    return bool(part.has_parameters) and not part.is_frozen and not part.runs_without_gradient


def _loaded(reading: _Reading, name: str, kind: str, call: tree.Call) -> SubModule | None:
    """The sub-module that a function loading weights returns; None for tokenizers and configurations, which are loaded
    by functions of the same name."""
    maker = kind.rpartition(".")[0].rpartition(".")[2]
    if maker.endswith(LOADED_WITHOUT_PARAMETERS_ENDS):
        return None
    has = None if not maker or says_data(name) or says_data(maker) else True
    return SubModule(name, kind, False, False, has, architecture=_checkpoint(reading, call))


def _checkpoint(reading: _Reading, call: tree.Call) -> str:
    """The name of the checkpoint that is loaded: a literal, or what the interpreter found that it is set to."""
    first = call.args[0].value if call.args else None
    if isinstance(first, tree.SimpleString):
        return text_of(first)
    return reading.code.loads(call)


def _members(reading: _Reading, call: tree.Call) -> Iterator[SubModule]:
    """The modules in `nn.Sequential(…)` and similar containers, with their index as name."""
    index = 0
    for argument in call.args:
        match argument.value:
            case tree.List(elements=elements) | tree.Tuple(elements=elements):
                values = [element.value for element in elements]
            case tree.ListComp(elt=elt) | tree.GeneratorExp(elt=elt):
                values = [elt]
            case value:
                values = [value]
        for value in values:
            if isinstance(value, tree.Call):
                made = _called(reading, str(index), value)
                yield made or SubModule(str(index), dotted(value.func), False, False, False)
            else:
                yield SubModule(str(index), "", False, False, None)
            index += 1


def _used_as_modules(
    methods: dict[str, tree.FunctionDef], names: set[str], text: Callable[[tree.Node], str]
) -> set[str]:
    """The attributes that are called, iterated, subscripted, or passed to something that may do so. The others are
    settings, such as `self.heads = heads`, which are only passed to methods of tensors, layer constructors and
    builtins."""
    found: set[str] = set()
    for method in methods.values():
        owner = owner_of(method)
        if names.isdisjoint(re.findall(rf"\b{re.escape(owner)}\.(\w+)", text(method))):
            continue
        for node in walk(method.body):
            for inner in _possible_modules(node):
                found |= attribute_of(owner, inner) & names if dotted(inner).count(".") == 1 else set()
    return found


def _possible_modules(node: tree.Node) -> tuple[tree.Node, ...]:
    """The parts of a node that may be modules, judged by how the node uses them."""
    match node:
        case tree.Call(func=func, args=args):
            called = (func.value, func) if isinstance(func, tree.Attribute) else (func,)
            name = dotted(func)
            is_told = isinstance(func, tree.Attribute) and not name.startswith(("self.", "super"))
            is_told = is_told or name in NUMBERS or bool(parameters_of_layer(name))
            return called if is_told else (*called, *(one.value for one in args))
        case tree.Attribute(value=value):
            return (value,)
        case tree.For(iter=iterated) | tree.CompFor(iter=iterated):
            return (iterated,)
        case tree.Subscript(value=value):
            return (value,)
        case tree.Return(value=tree.Expression() as value):
            return (value,)
        case _:
            return ()
