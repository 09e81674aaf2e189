"""Model classes and their sub-modules, and references from other files to a source: exposed names and arguments."""

from dataclasses import dataclass
from enum import Enum

from optimlint.diagnostic import Range
from optimlint.facts.names import Scope, ScopeKind, class_around


@dataclass(frozen=True, slots=True)
class SubModule:
    """An attribute of a model class that contains parameters: a module or an `nn.Parameter`.

    `kind` is the class that it is constructed from, as written (`nn.LayerNorm`), "" if unknown. `is_used` is set if
    `forward`, a training step or a method that these call reads it; `is_frozen` if the class freezes it.
    `has_parameters` is None if unknown.
    """

    name: str
    kind: str
    is_used: bool
    is_frozen: bool
    has_parameters: bool | None
    is_norm: bool = False
    parts: tuple["SubModule", ...] = ()
    """Its own sub-modules: the members of an `nn.Sequential` written in place, by index, or the sub-modules of a class
    whose source is known."""
    range: Range | None = None
    """The target of its assignment, if the class is in the checked source."""
    architecture: str = ""
    """The literal name it is loaded by (`bert-base-uncased`), "" without one."""
    runs_without_gradient: bool = False
    """Whether the class runs it so that it gets no gradient: under `torch.no_grad()`, or detached."""
    gives_result: bool = False
    """Whether `forward` returns its output: it is the model's last layer."""

    @property
    def is_trained(self) -> bool:
        """Whether it surely has parameters that an optimizer should update: the forward pass uses them, and they get
        gradients."""
        return bool(self.has_parameters) and self.is_used and not self.is_frozen and not self.runs_without_gradient


@dataclass(frozen=True, slots=True)
class ModelClass:
    """An `nn.Module` class as its source defines it. `is_closed` is False if it may have parameters that its source
    does not show: from a base class elsewhere, `setattr`, `add_module`, or `register_parameter` with a computed
    name."""

    name: str
    sub_modules: tuple[SubModule, ...]
    is_closed: bool
    architecture: str = ""
    """The literal name it is loaded by (`bert-base-uncased`), "" without one."""
    is_of_transformers: bool = False
    """Whether it is a class of the package `transformers` and not of the repository."""


class NameKind(Enum):
    """The kind of a name, which determines how another file can use it."""

    VARIABLE = "variable"
    """A variable of the module: used by an import."""
    FUNCTION = "function"
    """A function of the module: used by an import, or named in a configuration."""
    ATTRIBUTE = "attribute"
    """An attribute of an object: used wherever the object is accessible."""
    METHOD = "method"
    """A method: used as an attribute, or named in a configuration."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """A name of a source that other files can use. `owner` is the class of the attribute or method, "" if unknown.
    `file` is the file that binds it, "" for the checked source."""

    name: str
    kind: NameKind
    owner: str = ""
    file: str = ""


def exposed(scope: Scope, place: str | None, *, is_function: bool = False) -> Exposed | None:
    """How other files can use the name `place` bound in `scope`: as a name of the module or an attribute of an object.
    None if it is not accessible from outside."""
    if place is None:
        return None
    base, _, name = place.rpartition(".")
    around = class_around(scope)
    if not base and scope.kind is ScopeKind.FUNCTION:
        return None
    if not base and scope.kind is ScopeKind.MODULE:
        return Exposed(name, NameKind.FUNCTION if is_function else NameKind.VARIABLE, file=scope.module)
    is_own = not base or base in ("self", "cls")
    owner = around.name.rpartition(".")[2] if around is not None and is_own else ""
    return Exposed(name, NameKind.METHOD if is_function else NameKind.ATTRIBUTE, owner, scope.module)


def one_of(classes: tuple[ModelClass, ...]) -> ModelClass:
    """The class of a model that is of one of several classes: only what is true of all of them."""
    first, *others = classes
    if not others:
        return first
    by_name = [{one.name: one for one in found.sub_modules} for found in classes]
    shared = (one.name for one in first.sub_modules if all(one.name in each for each in by_name))
    sub_modules = tuple(_shared(tuple(each[name] for each in by_name)) for name in shared)
    name = " or ".join(dict.fromkeys(found.name for found in classes))
    return ModelClass(name, sub_modules, False)


def _shared(several: tuple[SubModule, ...]) -> SubModule:
    """One attribute of several classes: only what is true in all of them."""
    first = several[0]
    has_parameters = {one.has_parameters for one in several}
    return SubModule(
        first.name,
        first.kind if len({one.kind for one in several}) == 1 else "",
        all(one.is_used for one in several),
        any(one.is_frozen for one in several),
        first.has_parameters if len(has_parameters) == 1 else None,
        all(one.is_norm for one in several),
        first.parts if len({one.parts for one in several}) == 1 else (),
        first.range,
        first.architecture if len({one.architecture for one in several}) == 1 else "",
        any(one.runs_without_gradient for one in several),
        all(one.gives_result for one in several),
    )


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter of a function, or of `__init__` under the name of its class, with its position in calls. `module` is
    the file, "" for the checked source."""

    function: str
    name: str
    position: int
    module: str = ""
