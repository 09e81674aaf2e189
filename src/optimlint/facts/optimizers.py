"""Optimizer constructions and the parameters that each gets."""

from dataclasses import dataclass

from optimlint.diagnostic import Range
from optimlint.facts.arms import EVERYWHERE, Reach
from optimlint.facts.groups import GroupList, ParamGroup, Repeat, Setting
from optimlint.facts.names import Model, Scope
from optimlint.knowledge.catalog import Optimizer


@dataclass(frozen=True, slots=True)
class AllParameters:
    """Every parameter of `model`. `range` is the value of the argument, which a fix replaces.

    `group` is the one group that contains them if it is written as such (`[{"params": model.parameters()}]`), or if
    only parameters that require a gradient are taken.
    """

    model: Model
    range: Range
    group: ParamGroup | None = None


@dataclass(frozen=True, slots=True)
class Groups:
    """Parameter groups; several lists if branches choose between them. `is_certain` is False if the value may also be
    something else."""

    lists: tuple[GroupList, ...]
    range: Range
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class Chosen:
    """Parameters that are passed without groups and are not all parameters of one model: those of several modules, or a
    selection. `group` is the one group that they form."""

    group: ParamGroup
    range: Range


@dataclass(frozen=True, slots=True)
class Opaque:
    """Parameters that cannot be followed."""

    range: Range


@dataclass(frozen=True, slots=True)
class Reachable:
    """A group list that a name is bound to where the optimizer is constructed. `is_certain` is set if it is so on every
    path."""

    place: str
    group_list: int
    """The `identity` of the `GroupList`."""
    is_certain: bool


@dataclass(frozen=True, slots=True)
class OptimizerCall:
    """One construction of an optimizer.

    `name` is the callee as written, `optimizer` its catalog entry if the callee is known, and `place` the name that the
    result is bound to.
    """

    name: str
    qualified_name: str | None
    optimizer: Optimizer | None
    params: AllParameters | Groups | Chosen | Opaque
    settings: tuple[Setting, ...]
    has_open_settings: bool
    place: str | None
    scope: Scope
    range: Range
    order: int
    reachable: tuple[Reachable, ...] = ()
    statement: Range | None = None
    """The statement that contains it, before which a fix may insert lines; None if that is not possible."""
    indentation: str = ""
    hinted: bool = False
    """Whether a commented-out line nearby shows that the groups were once passed, or are left out on purpose."""
    added: tuple[GroupList, ...] = ()
    """Groups that `add_param_group` adds to it later."""
    adds_unknown: bool = False
    """Whether `add_param_group` adds something to it later that cannot be followed."""
    repeated: tuple[Repeat, ...] = ()
    """Sources that occur twice among parameters that are passed without groups: `list(a) + list(a)`."""
    models: tuple[Model, ...] = ()
    """Every model and sub-module some of whose parameters it gets, whatever else it gets."""
    taken: tuple[ParamGroup, ...] | None = None
    """The groups that it gets, in order and as they are at the construction; None if they are not known or it gets
    none."""
    ways: tuple[tuple[ParamGroup, ...], ...] = ()
    """The groups as in `taken` for each of several values between which branches choose, if all of them are known."""
    is_exact: bool = True
    """Whether its parameters, and those added later, are known exactly."""
    is_refilled: bool = False
    """Whether another optimizer may have written its own defaults into groups that do not set them."""
    changed_keys: frozenset[str] = frozenset()
    """Keys that the surrounding code changes in the optimizer's groups afterwards."""
    choices: tuple[Optimizer, ...] = ()
    """The classes of which a table, a branch or a setting selects one, if all of them are known."""
    reach: Reach = EVERYWHERE
    """The runs in which it is constructed."""

    @property
    def candidates(self) -> tuple[Optimizer, ...]:
        """The classes that it may be of; empty if one of them is not known."""
        return (self.optimizer,) if self.optimizer is not None else self.choices

    def setting(self, key: str) -> Setting | None:
        """The keyword or positional argument with this name; None if it is not passed."""
        return next((setting for setting in self.settings if setting.key == key), None)


@dataclass(frozen=True, slots=True)
class Overwrite:
    """An optimizer over groups that is replaced, on the same path and unused, by another one over all parameters."""

    first: OptimizerCall
    second: OptimizerCall
