"""Record what calls and assignments do in training, as the interpreter meets them.

Only the evidence in the file counts. `loss.backward()` computes gradients. `x.step()` is the step of an optimizer if
`x` is one, is named like one, or has its `zero_grad` called elsewhere. A call that cannot be followed may do anything
to its arguments.
"""

import re

from optimlint.facts.training import Act, Trait
from optimlint.interpret.attributes import method_of_instance
from optimlint.interpret.evaluation import evaluate
from optimlint.interpret.frame import Frame
from optimlint.interpret.functions import draft_of
from optimlint.interpret.origins import Given as Arguments
from optimlint.interpret.state import State
from optimlint.interpret.training.followed_calls import is_inside, note_call
from optimlint.interpret.training.notes import Note
from optimlint.interpret.values import ClassValue, Constant, Entity, FunctionValue, OptimizerValue, Values, union
from optimlint.knowledge.optimizer_words import says_optimizer
from optimlint.knowledge.training import (
    CLIPS,
    computes_loss,
    is_harmless,
    is_module_method,
    may_be_optimizer,
    may_change_mode,
    only_watches,
    runs_the_loop,
    says_scaler,
    says_scheduler,
)
from optimlint.syntax import tree

_INFINITE = re.compile(r"\binf\b|infinity", re.IGNORECASE)
_ENDINGS = {"zero_": Act.ZERO, "fill_": Act.ZERO, "clamp_": Act.CLIP, "clip_": Act.CLIP}
"""The effects of methods that change a gradient in place."""
_OWN = frozenset(("step", "zero_grad"))
"""Methods of torch objects that classes of a source may redefine."""
_NO_GRADIENT = re.compile(r"(^|\.)(no_grad|inference_mode)$|(^|\.)set_grad_enabled\(\s*False")
_ACCUMULATES = re.compile(r"\.(accumulate|no_sync)$")


def note(
    frame: Frame,
    state: State,
    act: Act,
    node: tree.Node,
    values: Values,
    *,
    receiver: tree.Expression | None = None,
    traits: frozenset[Trait] = frozenset(),
    scalers: Values = (),
    is_guess: bool = False,
) -> None:
    """Record an act on the values, if the current function performs it itself and is not being read for a caller."""
    training = frame.world.training
    if not training.is_on or frame.context:
        return
    statement = frame.statement if is_inside(frame.statement, node) else None
    traits |= frame.traits
    training.add(
        frame.scope,
        Note(act, node, values, state.branch, receiver, traits, scalers, statement, is_guess=is_guess),
    )


def traits_within(frame: Frame, item: tree.Expression) -> frozenset[Trait]:
    """The traits of all code under `with item:`."""
    code = frame.world.layout.code(item)
    callee = code.partition("(")[0]
    if _NO_GRADIENT.search(callee) or _NO_GRADIENT.search(code):
        return frozenset((Trait.WITHOUT_GRADIENT,))
    if _ACCUMULATES.search(callee):
        return frozenset((Trait.BY_ENGINE,))
    return frozenset()


def note_method(frame: Frame, state: State, node: tree.Call, func: tree.Attribute, owners: Values) -> None:
    """Record the effect of a method call in training code."""
    if not frame.world.training.is_on or frame.context:
        return
    if func.attr.value in _OWN and any(defines(frame, one, func.attr.value) for one in owners):
        return  # The source defines the method: its code is followed as that of any other call.
    match func.attr.value:
        case "backward":
            _note_backward(frame, state, node, func, owners)
        case "step":
            _note_step(frame, state, node, func, owners)
        case "zero_grad":
            note(frame, state, Act.ZERO, node, owners, receiver=func.value)
        case "eval" | "train" as method:
            _note_mode(frame, state, node, func, owners, method)
        case "scale":
            frame.world.training.scaled[frame.world.unknown(node, frame.context).number] = owners
        case "unscale_":
            note(frame, state, Act.UNSCALE, node, _first(frame, state, node), scalers=owners)
        case method if method in CLIPS and all(_is_object(one) for one in owners):
            note(frame, state, Act.CLIP, node, owners, traits=frozenset((Trait.BY_ENGINE,)))
        case method:
            _note_gradient_method(frame, state, node, func, method)


def _is_object(value: object) -> bool:
    return isinstance(value, Entity) and value.qualified_name is None


def _first(frame: Frame, state: State, node: tree.Call) -> Values:
    """The values of the first argument of a call, if it is a name, attribute or subscript; empty otherwise."""
    if not node.args or not isinstance(node.args[0].value, tree.Name | tree.Attribute | tree.Subscript):
        return ()
    return evaluate(frame, state, node.args[0].value)


def _note_backward(frame: Frame, state: State, node: tree.Call, func: tree.Attribute, owners: Values) -> None:
    world = frame.world
    scalers: Values = ()
    match func.value:
        case tree.Call(func=tree.Attribute(value=scaler, attr=tree.Name(value="scale"))):
            scalers = evaluate(frame, state, scaler)
    for owner in owners:
        if isinstance(owner, Entity):
            scalers = union(scalers, world.training.scaled.get(owner.number, ()))
    scalers = tuple(one for one in scalers if not isinstance(one, Entity) or one.number not in world.training.idle)
    owner_code = world.layout.code(func.value)
    given = [one for one in node.args if one.keyword is None or one.keyword.value == "loss"]
    is_torch = owner_code.endswith("autograd")
    is_engine = not is_torch and bool(given) and "loss" in world.layout.code(given[0]).lower()
    is_engine = is_engine or (not scalers and runs_the_loop(owner_code)) or owner_code in ("self", "super()")
    traits = frozenset((Trait.BY_ENGINE,)) if is_engine else frozenset[Trait]()
    note(frame, state, Act.BACKWARD, node, owners, traits=traits, scalers=scalers)


def _note_step(frame: Frame, state: State, node: tree.Call, func: tree.Attribute, owners: Values) -> None:
    world = frame.world
    owner_code = world.layout.code(func.value)
    first = _first(frame, state, node)
    if (
        first
        and any(_is_optimizer(frame, one) for one in first)
        and not any(_is_optimizer(frame, one) for one in owners)
    ):
        scalers = tuple(one for one in owners if not isinstance(one, Entity) or one.number not in world.training.idle)
        receiver = node.args[0].value
        if not says_scaler(owner_code) and not any(_makes_scaler(one) for one in owners):
            note(frame, state, Act.OPAQUE, node, union(first, owners))
            return
        note(frame, state, Act.STEP, node, first, receiver=receiver, scalers=scalers)
        return
    if says_scheduler(owner_code):
        return
    is_known = any(_is_optimizer(frame, one) for one in owners) or may_be_optimizer(owner_code)
    closure = any(one.keyword is None or one.keyword.value == "closure" for one in node.args)
    traits = frozenset((Trait.WITH_CLOSURE,)) if closure else frozenset[Trait]()
    note(frame, state, Act.STEP, node, owners, receiver=func.value, traits=traits, is_guess=not is_known)
    for argument in node.args:
        if isinstance(argument.value, tree.Name):
            for value in evaluate(frame, state, argument.value):
                if isinstance(value, FunctionValue):
                    note_call(frame, state, argument, value, Arguments([], [], {}, False))


def _is_optimizer(frame: Frame, value: object) -> bool:
    match value:
        case OptimizerValue():
            return True
        case Entity(qualified_name=None) as entity:
            text = entity.display.rpartition("(")[0] or entity.display
            return not says_scheduler(text) and (says_optimizer(text) or may_be_optimizer(text))
        case _:
            return False


def _makes_scaler(value: object) -> bool:
    maker = value.representative().made_by if isinstance(value, Entity) else None
    return isinstance(maker, Entity) and says_scaler(maker.qualified_name or maker.text)


def _note_mode(frame: Frame, state: State, node: tree.Call, func: tree.Attribute, owners: Values, method: str) -> None:
    """Record `model.eval()`, `model.train()`, `model.train(False)` or `model.train(was_training)`."""
    objects = tuple(one for one in owners if not (isinstance(one, Entity) and one.qualified_name is not None))
    if not objects:
        return
    if (
        method == "train"
        and not isinstance(func.value, tree.Call)
        and any(defines(frame, one, method) for one in owners)
    ):
        return
    if method == "eval" or not node.args:
        if node.args:
            note(frame, state, Act.OPAQUE, node, objects, receiver=func.value)
            return
        act = Act.EVAL if method == "eval" else Act.TRAIN
        note(frame, state, act, node, objects, receiver=func.value)
        return
    if len(node.args) > 1 or (node.args[0].keyword is not None and node.args[0].keyword.value != "mode"):
        note(frame, state, Act.OPAQUE, node, objects, receiver=func.value)
        return
    given = evaluate(frame, state, node.args[0].value) if isinstance(node.args[0].value, tree.Name) else ()
    is_off = len(given) == 1 and isinstance(given[0], Constant) and given[0].value is False
    note(frame, state, Act.EVAL if is_off else Act.TRAIN, node, objects, receiver=func.value)


def defines(frame: Frame, value: object, method: str) -> bool:
    """Whether a class of this source defines this method of an object."""
    if not isinstance(value, Entity):
        return False
    owner = value.representative()
    held = frame.world.attributes.get((owner.number, method), ())
    made = getattr(owner.made_by, "methods", {})
    return any(isinstance(one, FunctionValue) for one in held) or method in made


def _gradient_owner(node: tree.Expression) -> tree.Expression | None:
    """The parameter in `p.grad` or `p.grad.data`; None for anything else."""
    while isinstance(node, tree.Attribute):
        if node.attr.value == "grad":
            return node.value
        node = node.value
    return None


def _note_gradient_method(frame: Frame, state: State, node: tree.Call, func: tree.Attribute, method: str) -> None:
    """Record `p.grad.zero_()`, `p.grad.data.clamp_(-1, 1)` and similar calls."""
    owner = _gradient_owner(func.value)
    if owner is None or not isinstance(owner, tree.Name | tree.Attribute) or not method.endswith("_"):
        return
    act = _ENDINGS.get(method, Act.GRADIENTS)
    note(frame, state, act, node, evaluate(frame, state, owner), traits=frozenset((Trait.BY_HAND,)))


def note_gradient(frame: Frame, state: State, node: tree.Node, owners: Values) -> None:
    """Record that code reads a gradient directly."""
    note(frame, state, Act.READ, node, owners)


def note_assigned(frame: Frame, state: State, node: tree.Node, owners: Values, attribute: str, values: Values) -> None:
    """Record an assignment to an attribute: `p.grad = None` zeroes a gradient and any other value replaces it,
    `model.training = was` sets the mode, and the result of a call is a new object."""
    if frame.world.training.is_on and isinstance(node, tree.Assign) and isinstance(node.value, tree.Call):
        made = frame.world.unknown(node.value, frame.context)
        if any(one is made or (isinstance(one, Entity) and one.parent is made) for one in values):
            objects = (frame.world.child(one, attribute) for one in owners if isinstance(one, Entity))
            note(frame, state, Act.MADE, node, tuple(objects))
    if attribute == "training":
        note(frame, state, Act.TRAIN, node, owners)
    if attribute != "grad":
        return
    is_none = len(values) == 1 and isinstance(values[0], Constant) and not values[0].value
    note(frame, state, Act.ZERO if is_none else Act.GRADIENTS, node, owners, traits=frozenset((Trait.BY_HAND,)))


def note_unfollowed(
    frame: Frame, state: State, node: tree.Call, callee: Entity, owners: Values, arguments: list[Values]
) -> None:
    """Record a call of a function that is not in this source."""
    if not frame.world.training.is_on or frame.context:
        return
    code = frame.world.layout.code(node.func)
    name = callee.qualified_name or code
    last = name.rpartition(".")[2]
    if last == "GradScaler":
        _note_idle(frame, node, arguments)
    if last in CLIPS and (callee.qualified_name is None or name.startswith("torch.")):
        if not owners or name.startswith("torch."):
            _note_clip(frame, state, node, arguments)
        return
    if last.endswith("backward") or last.startswith("backward"):
        if last != "backward" or not owners:
            is_torch = name == "torch.autograd.backward"
            traits = frozenset[Trait]() if is_torch else frozenset((Trait.BY_ENGINE,))
            note(frame, state, Act.BACKWARD, node, union(*arguments), traits=traits)
        return
    if last in ("step", "zero_grad", "eval", "train", "unscale_", "scale") and owners:
        return
    if is_harmless(name, is_imported=callee.qualified_name is not None) or _watches(code, callee, owners):
        return
    if (called := _called_object(frame, callee)) is not None:
        note_call(frame, state, node, called, Arguments.of(node, arguments))
        return
    given = tuple(one for one in union(*arguments) if _is_followed(one))
    if callee.qualified_name is not None:
        if given:
            note(frame, state, Act.OPAQUE, node, given)
        return
    objects = tuple(one for one in owners if _is_followed(one))
    if not owners or computes_loss(last) or any(_holds(frame, one, callee) for one in owners):
        if not last[:1].isupper():  # A constructor calls no model.
            note(frame, state, Act.FORWARD, node, (callee,))
    elif any(_makes_scaler(one) for one in owners):
        return
    elif _may_do_anything(objects, last):
        given = union(given, objects)
    elif "(" not in code.rpartition(".")[0]:
        note(frame, state, Act.METHOD, node, objects)
    if given:
        note(frame, state, Act.OPAQUE, node, given)


def _watches(code: str, callee: Entity, owners: Values) -> bool:
    """Whether the name of the callee, or of the class of it or its owner, shows that it only observes."""
    makers = [one.representative().made_by for one in (callee, *owners) if isinstance(one, Entity)]
    names = [one.qualified_name or one.text for one in makers if isinstance(one, Entity)]
    return any(only_watches(name.rpartition(".")[2]) for name in names) or only_watches(code)


def _called_object(frame: Frame, callee: Entity) -> FunctionValue | None:
    """The `__call__` method of an object whose class is in the repository; None otherwise."""
    found = method_of_instance(frame, callee.representative(), "__call__")
    if len(found) != 1 or not isinstance(found[0], FunctionValue):
        return None
    draft_of(frame, found[0])
    return found[0]


def _holds(frame: Frame, owner: object, callee: Entity) -> bool:
    """Whether the callee is an object in an attribute of its owner, rather than a method: `self.net(x)`."""
    if not isinstance(owner, Entity):
        return False
    held = frame.world.attributes.get((owner.representative().number, callee.attribute), ())
    if any(isinstance(one, Entity) for one in held) or callee.representative().children:
        return True
    own = owner.representative().own_class
    is_known = own is not None and all(isinstance(one, ClassValue) or one.text == "object" for one in own.bases)
    return own is not None and is_known and callee.attribute not in own.methods and not held


def _is_followed(value: object) -> bool:
    return isinstance(value, OptimizerValue) or _is_object(value) or not isinstance(value, Entity | Constant)


def _may_do_anything(owners: Values, method: str) -> bool:
    """Whether a method that cannot be followed may change the mode of its object or train it."""
    is_own = any(isinstance(one, Entity) and one.own_class is not None for one in owners)
    return not is_module_method(method) if is_own else may_change_mode(method)


def _note_idle(frame: Frame, node: tree.Call, arguments: list[Values]) -> None:
    for argument, values in zip(node.args, arguments, strict=True):
        is_off = len(values) == 1 and isinstance(values[0], Constant) and values[0].value is False
        if is_off and argument.keyword is not None and argument.keyword.value == "enabled":
            frame.world.training.idle.add(frame.world.unknown(node, frame.context).number)


def _note_clip(frame: Frame, state: State, node: tree.Call, arguments: list[Values]) -> None:
    limits = [
        frame.world.layout.code(one.value)
        for number, one in enumerate(node.args)
        if (number == 1 if one.keyword is None else one.keyword.value in ("max_norm", "clip_value"))
    ]
    traits = set[Trait]()
    if any(_INFINITE.search(limit) for limit in limits):
        traits.add(Trait.MEASURES)
    if any("scale" in limit for limit in limits):
        traits.add(Trait.RESCALED)
    given = [
        values
        for number, (one, values) in enumerate(zip(node.args, arguments, strict=True))
        if (number == 0 if one.keyword is None else one.keyword.value == "parameters")
    ]
    note(frame, state, Act.CLIP, node, union(*given), traits=frozenset(traits))
