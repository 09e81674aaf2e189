"""How a model class uses its attributes: which ones the forward pass reads, with or without gradients, and which ones
the class freezes."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from optimlint.interpret.classes.gradients import reads_of
from optimlint.knowledge.summaries import streams
from optimlint.knowledge.words import ENTRY_POINTS, says_freezing
from optimlint.syntax import tree
from optimlint.syntax.tree import walk


def owner_of(method: tree.FunctionDef) -> str:
    """The method's name for the object: usually `self`."""
    params = method.params.params
    return params[0].name.value if params else "self"


def dotted(node: tree.Node) -> str:
    """`a.b.c` for names and attributes; "" for anything else."""
    parts: list[str] = []
    while isinstance(node, tree.Attribute):
        parts.append(node.attr.value)
        node = node.value
    return ".".join([node.value, *reversed(parts)]) if isinstance(node, tree.Name) else ""


def attribute_of(owner: str, node: tree.Node) -> set[str]:
    """The attribute of the object with which a dotted expression begins: `a` of `self.a.b`. Empty if it begins
    otherwise."""
    name = dotted(node)
    return {name.split(".")[1]} if name.startswith(f"{owner}.") else set()


def used_attributes(
    methods: Mapping[str, tree.FunctionDef], overridden: Mapping[tree.FunctionDef, tree.FunctionDef]
) -> dict[str, bool]:
    """The attributes that entry points, and the methods that these call, read, each with whether a gradient can reach
    it. `overridden` maps methods to the base class methods that they override, to follow `super()`."""
    used: dict[str, bool] = {}
    pending = [(method, True) for name, method in methods.items() if name in ENTRY_POINTS]
    seen: set[tuple[tree.FunctionDef, bool]] = set()
    while pending:
        method, has_gradient = pending.pop()
        if (method, has_gradient) in seen:
            continue
        seen.add((method, has_gradient))
        reads = reads_of(method, owner_of(method), has_gradient=has_gradient)
        for name, is_reached in reads.attributes.items():
            used[name] = used.get(name, False) or is_reached
            if name in methods:
                pending.append((methods[name], is_reached))
        for name, is_reached in reads.inherited.items():
            replaced = overridden.get(method) if name == method.name.value else methods.get(name)
            if replaced is not None:
                pending.append((replaced, is_reached))
    return used


def result_attributes(methods: Mapping[str, tree.FunctionDef]) -> set[str]:
    """The attributes whose call `forward` returns, directly or by a variable: the last layers of the model."""
    forward = methods.get("forward")
    if forward is None:
        return set()
    owner = owner_of(forward)
    bound: dict[str, set[str]] = {}
    found: set[str] = set()
    for node in walk(forward.body):
        match node:
            case tree.Assign(targets=[tree.AssignTarget(target=tree.Name(value=name))], value=value):
                bound[name] = _called(owner, value)
            case tree.Return(value=tree.Name(value=name)):
                found |= bound.get(name, set())
            case tree.Return(value=tree.Expression() as value):
                found |= _called(owner, value)
    return found


def _called(owner: str, node: tree.Expression) -> set[str]:
    """The attribute whose call an expression is based on: `self.head(x).squeeze(-1)`. Empty if there is none."""
    while True:
        match node:
            case tree.Call(func=tree.Attribute(value=tree.Name(value=name), attr=tree.Name(value=attribute))):
                return {attribute} if name == owner else set()
            case (
                tree.Call(func=tree.Attribute(value=inner)) | tree.Subscript(value=inner) | tree.Attribute(value=inner)
            ):
                node = inner
            case _:
                return set()


def frozen_attributes(
    methods: Mapping[str, tree.FunctionDef],
    overridden: Mapping[tree.FunctionDef, tree.FunctionDef],
    names: Iterable[str],
    text: Callable[[tree.Node], str],
) -> set[str]:
    """The attributes that the class freezes as far as its code shows, out of `names`. A loop over all parameters of
    `self` freezes all of them, but in `__init__` only those that are assigned by then. `text` gives the text of a
    method, whose body is lowered only if it may freeze."""
    frozen: set[str] = set()
    for method in (*methods.values(), *overridden.values()):
        code = text(method)
        if "requires_grad" not in code and not says_freezing(code):
            continue
        if method.name.value != "__init__":
            frozen |= _frozen_in(method, set(names), is_making=False)
            continue
        base = overridden.get(method)
        made = {name for node in walk(base.body) for name in _made(base, node)} if base is not None else set[str]()
        frozen |= _frozen_in(method, made, is_making=True)
    return frozen


def _made(method: tree.FunctionDef, node: tree.Node) -> set[str]:
    return attribute_of(owner_of(method), node.target) if isinstance(node, tree.AssignTarget) else set()


def _frozen_in(method: tree.FunctionDef, made: set[str], *, is_making: bool) -> set[str]:
    """The attributes that one method freezes; `made` are those that exist when it begins."""
    frozen: set[str] = set()
    owner = owner_of(method)
    whole = {f"{owner}.{stream}" for stream in streams()}
    for node in walk(method.body):
        if is_making:
            new = _made(method, node)
            made |= new
            frozen -= new
        for one in _switched_off(node):
            frozen |= made if dotted(one) in whole else attribute_of(owner, one)
    return frozen


def _switched_off(node: tree.Node) -> Iterator[tree.Node]:
    """The expressions whose parameters a node freezes."""
    match node:
        case tree.Call(func=tree.Attribute(value=target, attr=tree.Name(value="requires_grad_")), args=args):
            if args and not _is_true(args[0].value):
                yield target
        case tree.Call(func=func, args=args) if says_freezing(dotted(func)):
            yield from (argument.value for argument in args)
            if isinstance(func, tree.Attribute):
                yield func.value
        case tree.For(iter=iterated, body=body):
            if any(_is_switch(inner) for inner in walk(body)):
                yield from walk(iterated)
        case tree.ListComp(elt=elt, for_in=for_in) | tree.GeneratorExp(elt=elt, for_in=for_in):
            if any(_is_switch(inner) for inner in walk(elt)):
                yield from walk(for_in.iter)


def _is_switch(node: tree.Node) -> bool:
    """Whether a node sets `requires_grad` to a value that may be False."""
    match node:
        case tree.Assign(
            targets=[tree.AssignTarget(target=tree.Attribute(attr=tree.Name(value="requires_grad")))], value=value
        ):
            return not _is_true(value)
        case tree.Call(func=tree.Attribute(attr=tree.Name(value="requires_grad_")), args=[tree.Arg(value=value)]):
            return not _is_true(value)
        case tree.Call(func=tree.Name(value="setattr"), args=[_, tree.Arg(value=tree.SimpleString(value=text)), _]):
            return "requires_grad" in text
        case _:
            return False


def _is_true(node: tree.Node) -> bool:
    return isinstance(node, tree.Name) and node.value == "True"
