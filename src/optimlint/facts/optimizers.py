"""Optimizer constructions and what each is given."""

from dataclasses import dataclass

from optimlint.diagnostic import Range
from optimlint.facts.arms import EVERYWHERE, Reach
from optimlint.facts.groups import GroupList, ParamGroup, Repeat, Setting
from optimlint.facts.names import Model, Scope
from optimlint.knowledge.catalog import Optimizer


@dataclass(frozen=True, slots=True)
class AllParameters:
    """Every parameter of `model`. `range` is the argument's value, the text that a fix replaces.

    `group` is the one group that holds them, where they are written as such (`[{"params": model.parameters()}]`), or
    where those are chosen that require a gradient.
    """

    model: Model
    range: Range
    group: ParamGroup | None = None


@dataclass(frozen=True, slots=True)
class Groups:
    """Parameter groups; several lists where branches meet. `is_certain` is False where something else may come."""

    lists: tuple[GroupList, ...]
    range: Range
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class Chosen:
    """Parameters that are given without groups and are not all of one model: of several modules, or a choice of some.
    `group` is the one group that they make."""

    group: ParamGroup
    range: Range


@dataclass(frozen=True, slots=True)
class Opaque:
    """Parameters that cannot be followed."""

    range: Range


@dataclass(frozen=True, slots=True)
class Reachable:
    """A group list that a name holds where the optimizer is constructed; `is_certain` on every path."""

    place: str
    group_list: int
    """The `identity` of the `GroupList`."""
    is_certain: bool


@dataclass(frozen=True, slots=True)
class OptimizerCall:
    """One construction of an optimizer.

    `name` is the callee as written, `optimizer` its catalog entry where it resolves to one; `place` is the name that
    the result is bound to. `within_super` marks `super().__init__(…)` of an optimizer class, which constructs none.
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
    """The statement it stands in, before which a fix may put lines; None where that is not possible."""
    indentation: str = ""
    hinted: bool = False
    """Whether a commented-out line nearby shows that the groups were once passed, or left out on purpose."""
    added: tuple[GroupList, ...] = ()
    """Groups that `add_param_group` adds to it later."""
    adds_unknown: bool = False
    """Whether `add_param_group` adds something to it later that cannot be followed."""
    repeated: tuple[Repeat, ...] = ()
    """Sources that are listed twice among parameters that are given without groups: `list(a) + list(a)`."""
    models: tuple[Model, ...] = ()
    """Every model and sub-module some of whose parameters it is given, whatever else it is given."""
    taken: tuple[ParamGroup, ...] | None = None
    """The groups that it is given, in order and as they are then; None where that is not known, or it is given none."""
    ways: tuple[tuple[ParamGroup, ...], ...] = ()
    """The same for each of several values among which branches before it choose, where all of them are known."""
    is_exact: bool = True
    """Whether what it is given, and what is added later, is known for what it is."""
    is_refilled: bool = False
    """Whether another optimizer may have filled its own settings in groups that have none."""
    changed_keys: frozenset[str] = frozenset()
    """Keys that the code around it changes in the optimizer's groups afterwards."""
    choices: tuple[Optimizer, ...] = ()
    """The classes of which a table, a branch or a setting chooses one, where all of them are known."""
    reach: Reach = EVERYWHERE
    """The runs in which it is constructed."""

    @property
    def candidates(self) -> tuple[Optimizer, ...]:
        """The classes it may be of; none where one of them is not known."""
        return (self.optimizer,) if self.optimizer is not None else self.choices

    def setting(self, key: str) -> Setting | None:
        """The keyword or positional argument of that name."""
        return next((setting for setting in self.settings if setting.key == key), None)


@dataclass(frozen=True, slots=True)
class Overwrite:
    """An optimizer over groups that another one, over all parameters, replaces unread on the same path."""

    first: OptimizerCall
    second: OptimizerCall
