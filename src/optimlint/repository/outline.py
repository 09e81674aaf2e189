"""How a file uses given words, read with `ast`: which of them it reads as names, attributes or keys, and on which
objects."""

import ast
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field

from optimlint.knowledge.layers import PARAMETER_CLASSES
from optimlint.knowledge.optimizer_words import is_optimizer_base
from optimlint.knowledge.words import FOREIGN_FRAMEWORKS, TORCH, says_configuration
from optimlint.nesting import exhausts_python

_LOOK_UPS = frozenset({"getattr", "hasattr", "attrgetter", "methodcaller"})
_KEY_READERS = frozenset({"get", "pop", "setdefault", "getattr"})


@dataclass(frozen=True, slots=True)
class AttributeRead:
    """A read of attribute `name` on `base`, by syntax, or by a string as in `getattr` if `is_looked_up`.

    `base` is the dotted expression, "" if it is not a dotted name. `owner` is the enclosing class if `base` is `self`.
    `made_of` names the callees whose results `base` is bound to, as written; () if it may be anything.
    """

    name: str
    base: str
    owner: str = ""
    made_of: tuple[str, ...] = ()
    is_looked_up: bool = False


@dataclass(frozen=True, slots=True)
class PassedArgument:
    """One argument of a call of `callee`, by `position` or by `keyword`. `made_of` names the callees whose result the
    argument is, as written; () if it may be anything."""

    callee: str
    position: int
    keyword: str
    made_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassOutline:
    """A class with its bases as written. `binds` are the given words that it binds in its body or on `self`."""

    name: str
    bases: tuple[str, ...]
    binds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Outline:
    """How a file uses the given words.

    `names` are those read as plain names or listed in `__all__`. `keys` are those read from what may be a parameter
    group. `bare` are all names that are read on their own, so that their objects may be passed on. `parameters` are
    those that are attributes bound to a `Parameter`. `is_torch` is False for a file of another framework. If
    `is_readable` is False, nothing is known about the file.
    """

    names: frozenset[str] = frozenset()
    attributes: tuple[AttributeRead, ...] = ()
    keys: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()
    classes: tuple[ClassOutline, ...] = ()
    parameters: frozenset[str] = frozenset()
    passed: tuple[PassedArgument, ...] = ()
    """The arguments of calls to functions named by one of the words. A starred argument has position -1."""
    is_torch: bool = True
    is_readable: bool = True

    def class_named(self, name: str) -> ClassOutline | None:
        """The class of that name; None if there is none."""
        return next((one for one in self.classes if one.name == name), None)


UNREADABLE = Outline(is_readable=False)


def outline(text: str, words: frozenset[str]) -> Outline:
    """How a Python text uses the given words. `UNREADABLE` if Python's own parser rejects the text."""
    if exhausts_python(text):
        return UNREADABLE
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Invalid escapes in the checked text are not our concern.
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return UNREADABLE
    reader = _Reader(words)
    reader.read(tree)
    return reader.outline()


@dataclass(slots=True)
class _Context:
    """The position of a node: the enclosing class, the name of its `self` parameter, and the enclosing functions."""

    class_name: str = ""
    own_name: str = ""
    scopes: tuple[int, ...] = (0,)
    is_own_optimizer: bool = False


_Key = tuple[int | str, str]
"""A name in a scope, or an attribute of a class's instances."""


@dataclass(slots=True)
class _Reader:
    words: frozenset[str]
    names: set[str] = field(default_factory=set)
    reads: list[tuple[str, str, _Context, bool]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    bare: set[str] = field(default_factory=set)
    classes: dict[str, tuple[tuple[str, ...], set[str]]] = field(default_factory=dict)
    parameters: set[str] = field(default_factory=set)
    given: list[tuple[str, int, str, ast.expr, _Context]] = field(default_factory=list)
    made: dict[_Key, list[str]] = field(default_factory=dict)
    packages: set[str] = field(default_factory=set)
    strings: set[str] = field(default_factory=set)
    has_computed_look_up: bool = False

    def read(self, tree: ast.Module) -> None:
        """Read all nodes, each with where it stands."""
        pending: list[tuple[ast.AST, _Context]] = [(tree, _Context())]
        while pending:
            node, context = pending.pop()
            inner = self._entered(node, context)
            self._note(node, context)
            # What an attribute is read from is no name by itself.
            children = _children(node)
            pending.extend((child, inner) for child in reversed(children))

    def outline(self) -> Outline:
        """What has been read."""
        reads = [
            AttributeRead(
                name,
                base,
                context.class_name if context.own_name and base == context.own_name else "",
                self._made_of(base, context),
                is_looked_up,
            )
            for name, base, context, is_looked_up in self.reads
        ]
        if self.has_computed_look_up:
            reads += [AttributeRead(word, "", is_looked_up=True) for word in sorted(self.strings)]
        is_torch = TORCH in self.packages or not self.packages & FOREIGN_FRAMEWORKS
        classes = tuple(ClassOutline(name, bases, frozenset(bound)) for name, (bases, bound) in self.classes.items())
        return Outline(
            frozenset(self.names),
            tuple(dict.fromkeys(reads)),
            frozenset(self.keys),
            frozenset(self.bare),
            classes,
            frozenset(self.parameters),
            tuple(
                PassedArgument(callee, position, keyword, self._made_by(value, context))
                for callee, position, keyword, value, context in self.given
            ),
            is_torch,
        )

    def _entered(self, node: ast.AST, context: _Context) -> _Context:
        """The context for the children of a node."""
        match node:
            case ast.ClassDef():
                bases = tuple(dotted(base) for base in node.bases)
                self.classes.setdefault(node.name, (bases, set()))
                return _Context(node.name, "", context.scopes, _hands_on(node, bases))
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                class_name, own_name = context.class_name, context.own_name
                arguments = [*node.args.posonlyargs, *node.args.args]
                if class_name and not own_name and not isinstance(node, ast.Lambda):
                    is_static = any(dotted(one) == "staticmethod" for one in node.decorator_list)
                    class_name = "" if is_static else class_name
                    own_name = arguments[0].arg if arguments and not is_static else ""
                scopes = (id(node), *context.scopes)
                for one in [*arguments, *node.args.kwonlyargs]:
                    said = dotted(one.annotation) if one.annotation is not None else ""
                    self.made.setdefault((id(node), one.arg), []).append(said)
                return _Context(class_name, own_name, scopes, context.is_own_optimizer)
            case _:
                return context

    def _note(self, node: ast.AST, context: _Context) -> None:
        match node:
            case ast.Name():
                self._note_name(node, context)
            case ast.Attribute(value=value, attr=attr, ctx=ctx):
                if isinstance(value, ast.Name) and value.id in self.words:
                    self.names.add(value.id)
                if attr in self.words:
                    self._note_attribute(attr, dotted(value), context, is_read=isinstance(ctx, ast.Load))
            case ast.Constant(value=str(text)):
                if text in self.words:
                    self.strings.add(text)
            case ast.Call():
                self._note_call(node, context)
            case ast.Subscript(value=value, slice=ast.Constant(value=str(key)), ctx=ctx):
                if isinstance(ctx, ast.Load):
                    self._note_subscript(value, key, context)
            case ast.Compare(left=ast.Constant(value=str(key)), ops=[ast.In() | ast.NotIn(), *_]):
                self._note_key(key, node.comparators[0], context)
            case ast.AugAssign(target=ast.Subscript(value=value, slice=ast.Constant(value=str(key)))):
                self._note_key(key, value, context)
            case ast.AugAssign(target=ast.Attribute(value=value, attr=attr)):
                if attr in self.words:
                    self._note_attribute(attr, dotted(value), context, is_read=True)
            case ast.AugAssign(target=ast.Name(id=name)) if name in self.words:
                self.names.add(name)
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._note_binding(target, value, context)
            case ast.AnnAssign(target=target, value=value) if value is not None:
                self._note_binding(target, value, context)
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                self._note_definition(node.name, context)
            case ast.Import(names=names):
                self.packages.update(one.name.partition(".")[0] for one in names)
            case ast.ImportFrom(module=str(module), level=0):
                self.packages.add(module.partition(".")[0])
            case _:
                pass

    def _note_name(self, node: ast.Name, context: _Context) -> None:
        if isinstance(node.ctx, ast.Load):
            self.bare.add(node.id)
            if node.id in self.words:
                self.names.add(node.id)
        else:
            self._note_definition(node.id, context)

    def _note_definition(self, name: str, context: _Context) -> None:
        """Record a name that a class body binds."""
        if name in self.words and context.class_name and not context.own_name and context.class_name in self.classes:
            self.classes[context.class_name][1].add(name)

    def _note_attribute(self, name: str, base: str, context: _Context, *, is_read: bool) -> None:
        if is_read:
            self.reads.append((name, base, context, False))
        elif context.own_name and base == context.own_name and context.class_name in self.classes:
            self.classes[context.class_name][1].add(name)

    def _note_call(self, node: ast.Call, context: _Context) -> None:
        called = dotted(node.func).rpartition(".")[2] or (
            node.func.attr if isinstance(node.func, ast.Attribute) else ""
        )
        if called in self.words:
            self._note_arguments(dotted(node.func), node, context)
        strings = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if called in _LOOK_UPS:
            base = dotted(node.args[0]) if node.args else ""
            named = [one for one in strings if one in self.words]
            self.reads += [(name, base, context, True) for name in named]
            self.has_computed_look_up |= not strings
        if called == "register_parameter" and strings and strings[0] in self.words:
            self.parameters.add(strings[0])
        if called in _KEY_READERS and strings:
            first = node.args[0] if called == "getattr" else getattr(node.func, "value", None)
            self._note_key(strings[0], first, context)

    def _note_arguments(self, callee: str, node: ast.Call, context: _Context) -> None:
        for position, value in enumerate(node.args):
            place = -1 if isinstance(value, ast.Starred) else position
            self.given.append((callee, place, "", value, context))
        for one in node.keywords:
            self.given.append((callee, -1 if one.arg is None else 0, one.arg or "", one.value, context))

    def _made_by(self, value: ast.expr, context: _Context) -> tuple[str, ...]:
        """The callees whose result a value is, if it is a call or a name bound to calls only. A method call on the name
        itself, such as `.to(device)`, is not counted."""
        if isinstance(value, ast.Call):
            return (called,) if (called := dotted(value.func)) else ()
        name = dotted(value)
        made = self._made_of(name, context) if name else ()
        return tuple(one for one in made if not one.startswith(f"{name}."))

    def _note_subscript(self, value: ast.expr, key: str, context: _Context) -> None:
        """Record a key that is read, or a name that is read by `globals()["x"]`, `vars(x)["x"]` or
        `x.__dict__["x"]`."""
        self._note_key(key, value, context)
        is_call = isinstance(value, ast.Call) and dotted(value.func) in ("globals", "locals", "vars")
        if key in self.words and (is_call or (isinstance(value, ast.Attribute) and value.attr == "__dict__")):
            self.reads.append((key, "", context, True))
            self.names.add(key)

    def _note_key(self, key: str, owner: ast.AST | None, context: _Context) -> None:
        if key in self.words and not context.is_own_optimizer and not says_configuration(_last_name(owner)):
            self.keys.add(key)

    def _note_binding(self, target: ast.expr, value: ast.expr, context: _Context) -> None:
        """Record what a name is bound to, and what `__all__` exports."""
        if isinstance(target, ast.Name) and target.id == "__all__":
            self.names.update(_strings(value) & self.words)
        name = dotted(target)
        if isinstance(target, ast.Attribute) and target.attr in self.words and _makes_parameter(value):
            self.parameters.add(target.attr)
        made = dotted(value.func) if isinstance(value, ast.Call) else ""
        own, _, attribute = name.partition(".")
        if name and "." not in name:
            self.made.setdefault((context.scopes[0], name), []).append(made)
        elif own == context.own_name and attribute and "." not in attribute:
            self.made.setdefault((context.class_name, attribute), []).append(made)

    def _made_of(self, base: str, context: _Context) -> tuple[str, ...]:
        """The callees whose results a name or an attribute of `self` is bound to; () unless every binding is a call."""
        own, _, attribute = base.partition(".")
        if attribute:
            is_own = own == context.own_name and "." not in attribute
            made = self.made.get((context.class_name, attribute), []) if is_own else []
        else:
            made = next((self.made[scope, base] for scope in context.scopes if (scope, base) in self.made), [])
        return tuple(made) if all(made) else ()


def dotted(node: ast.AST | None) -> str:
    """The dotted name `a.b.c` as written; "" for any other expression."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])


def _children(node: ast.AST) -> list[ast.AST]:
    """The child nodes, except a plain name that an attribute is read from."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return []
    return list(ast.iter_child_nodes(node))


def _last_name(node: ast.AST | None) -> str:
    """The last name of the object that a key is read from, with subscripts and calls removed."""
    while isinstance(node, ast.Subscript | ast.Call):
        node = node.value if isinstance(node, ast.Subscript) else node.func
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _hands_on(node: ast.ClassDef, bases: Iterable[str]) -> bool:
    """Whether a class is an optimizer that passes its parameters to torch's `Optimizer`, so that the groups it reads
    are its own. A wrapper reads the groups of the optimizer that it wraps."""
    return any(map(is_optimizer_base, bases)) and any(
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "__init__"
        and bool(call.args or call.keywords)
        and _is_constructor_of_base(call.func.value)
        for call in ast.walk(node)
    )


def _is_constructor_of_base(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return dotted(node.func) == "super"
    return is_optimizer_base(dotted(node))


def _makes_parameter(value: ast.expr) -> bool:
    calls = (node for node in ast.walk(value) if isinstance(node, ast.Call))
    return any(dotted(call.func).rpartition(".")[2] in PARAMETER_CLASSES for call in calls)


def _strings(node: ast.AST) -> set[str]:
    return {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)}
