"""Parameter groups, and the lists, name lists, splits, filters and builders that they are made with."""

from dataclasses import dataclass, field
from enum import Enum

from optimlint.diagnostic import Range
from optimlint.facts.arms import EVERYWHERE, Reach
from optimlint.facts.conditions import Condition
from optimlint.facts.names import Model, Scope


@dataclass(frozen=True, slots=True)
class Number:
    """The value of a setting that is a known number."""

    value: float


@dataclass(frozen=True, slots=True)
class Expression:
    """The value of a setting that is known only as code, with normalized white space: equal texts are equal values.

    `default` is the number that it has unless a caller passes another one: the default of a parameter of the enclosing
    function.
    """

    text: str
    default: float | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """The value of a setting that is not known at all."""


Value = Number | Expression | Unknown


@dataclass(frozen=True, slots=True)
class Setting:
    """A group key or keyword argument with its value. `range` is the range of the key, `value_range` that of the
    value."""

    key: str
    value: Value
    range: Range
    value_range: Range
    value_text: str = ""
    """The value as the code writes it."""
    is_of_builder: bool = False
    """Whether the code is in a builder and was read for one of its callers. Then the text of an expression is in the
    caller's terms, and `value_text` is in the builder's."""


@dataclass(frozen=True, slots=True)
class Part:
    """The parameters of `model` that meet `condition`. `model` is None if it is not known.

    `condition_range` and `condition_text` are the range and the code of a single expression that is the whole condition
    (`not any(x in n for x in no_decay)`), None and "" if there is none. `source_range` is the range where the iterable
    of the parameters is read (`named` in `for n, p in named`), None if it is not known.
    """

    model: Model | None
    condition: Condition
    condition_range: Range | None = field(default=None, compare=False)
    condition_text: str = field(default="", compare=False)
    source_range: Range | None = field(default=None, compare=False)
    is_drained: bool = field(default=False, compare=False)
    """Whether they come from an iterator that is surely exhausted, so that there are none."""


@dataclass(frozen=True, slots=True)
class ParamGroup:
    """One group dict: the union of `parts`, with settings. `is_readable` is False if some of its parameters cannot be
    followed, and `has_open_settings` is True if some of its settings cannot (`**kwargs`)."""

    parts: tuple[Part, ...]
    settings: tuple[Setting, ...]
    range: Range
    is_readable: bool = True
    has_open_settings: bool = False
    insertion: Range | None = None
    """The empty range after the value of "params", where another key can be inserted; None for a dict that is built by
    several statements."""
    insertion_template: str = '"{key}": {value}'
    """The form of another key there, without the comma before it: that of a dict display or a `dict(…)` call."""
    is_drained: bool = False
    """Whether its "params" is an iterator that is surely exhausted, so that the group is empty."""
    is_exhausted: bool = False
    """Whether some of its parameters come from an iterator that is exhausted on some path, so that the group may be
    empty."""
    reach: Reach = EVERYWHERE
    """The runs in which it is added to its list."""
    is_conditional: bool = False
    """Whether a branch adds it, so that the list may be used without it."""

    def is_alternative_to(self, other: "ParamGroup") -> bool:
        """Whether the two groups are never in the list together: they are in different branch arms, or one is after an
        early exit."""
        return self.reach.excludes(other.reach)

    def setting(self, key: str) -> Setting | None:
        """The setting for `key`, the last one if the key occurs twice; None if it is not set."""
        return next((setting for setting in reversed(self.settings) if setting.key == key), None)


@dataclass(frozen=True, slots=True)
class Repeat:
    """A source of parameters that is added twice to one list. `range` is the expression that builds the list, `first`
    and `second` are the two uses, and `source` is the source as the code writes it."""

    range: Range
    first: Range
    second: Range
    source: str


@dataclass(frozen=True, slots=True)
class GroupList:
    """A list, or another collection, of parameter groups.

    `place` is the name that it is bound to (`groups`, `self.groups`), None if there is none. `is_complete` is False if
    something was added that cannot be followed. `is_consumed` is set if anything reads it that could pass it to an
    optimizer. `is_listed` is False for group dicts that were never put in a list (only OPT001 uses these).
    """

    identity: int
    place: str | None
    groups: tuple[ParamGroup, ...]
    scope: Scope
    range: Range
    order: int
    is_consumed: bool
    is_complete: bool = True
    is_listed: bool = True
    left_out: tuple[ParamGroup, ...] = ()
    """Group dicts for the same model, built near the listed ones, that nothing ever reads."""
    may_lack: bool = False
    """Whether some of the groups may have been removed before an optimizer takes it."""
    repeated: tuple[Repeat, ...] = ()
    """Sources of parameters that are added twice: `list(a) + list(a)`."""
    is_followed: bool = True
    """Whether all its contents are known, except how many times a loop adds some of its groups."""

    @property
    def models(self) -> tuple[Model, ...]:
        """The models whose parameters the groups contain, as far as they are known."""
        readable = [group for group in self.groups if group.is_readable]
        return tuple(dict.fromkeys(part.model for group in readable for part in group.parts if part.model))


@dataclass(frozen=True, slots=True)
class JoinedEntry:
    """An entry of a list that is written as several adjacent literals, which Python concatenates: `"bias" "norm"`."""

    entry: str
    pieces: tuple[str, ...]
    ranges: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class NameList:
    """A literal collection of fragments of parameter names, such as a no-decay list.

    `range` is the statement that creates it (or the literal, if it is used in place); `literal` is the literal itself.
    `is_string` is set for one plain string in place of a collection. `is_consumed` is True if anything made from it is
    read.
    """

    identity: int
    place: str | None
    entries: tuple[str, ...]
    is_string: bool
    scope: Scope
    range: Range
    literal: Range
    order: int
    is_consumed: bool
    feeds_groups: bool = False
    """Whether group dicts are built from it."""
    is_full_names: bool = False
    """Whether its entries are known to be full parameter names and not fragments."""
    entry_ranges: tuple[Range, ...] = ()
    joined: tuple[JoinedEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """Two or more collections into which one loop sorts parameters, or names, by a condition."""

    places: tuple[str, ...]
    parts: tuple[tuple[Part, ...], ...]
    scope: Scope
    range: Range
    order: int
    is_consumed: bool
    holds_names: bool = False
    feeds_groups: bool = False
    """Whether group dicts are built from it."""


class FilterKind(Enum):
    """How a filter compares a name with a collection."""

    ANY_FRAGMENT = "any(fragment in name for fragment in names)"
    MEMBER = "name in names"
    CONSTANT = "a string where a test was meant"
    REVERSED = "name in 'text'"
    CHAINED_STREAMS = "a.parameters() and b.parameters()"


@dataclass(frozen=True, slots=True)
class NameFilter:
    """A test of a parameter's name. `subject` is the name that is tested, as written (`n`).

    `names` is the collection that it is compared with, None for a constant. `is_full_name` is True if the subject is
    surely a parameter's full dotted name. `replacement` is the text that the preferred fix puts in place of `range`, ""
    if there is no fix.
    """

    kind: FilterKind
    subject: str
    range: Range
    names: NameList | None
    is_negated: bool
    is_full_name: bool
    scope: Scope
    names_text: str = ""
    models: tuple[Model, ...] = ()
    replacement: str = ""
    has_dimension_test: bool = False


@dataclass(frozen=True, slots=True)
class ExhaustedStream:
    """A one-shot iterator of parameters that is read again on some path. `range` is its name at the second read, `made`
    the expression that creates it, `first` its first read."""

    place: str
    range: Range
    made: Range
    made_text: str
    first: Range
    scope: Scope
    is_awaited: bool = False
    """Whether other code than groups and optimizers reads the iterator at the end, and would get parameters for the
    first time if it were a list."""


@dataclass(frozen=True, slots=True)
class Builder:
    """A function of this source that builds parameter groups and returns them.

    `takes_only_model` is set if a call with just the model is complete; `is_hook` if a framework or a base class may
    call it; `is_called` if anything in this source mentions it.
    """

    name: str
    groups: tuple[ParamGroup, ...]
    scope: Scope
    range: Range
    is_called: bool
    is_hook: bool
    takes_only_model: bool
    is_method: bool = False
