"""Parameters and the groups they are put in."""

from dataclasses import dataclass, field
from enum import Enum

from optimlint.diagnostic import Range
from optimlint.facts.arms import EVERYWHERE, Reach
from optimlint.facts.conditions import Condition
from optimlint.facts.names import Model, Scope


@dataclass(frozen=True, slots=True)
class Number:
    """A setting whose value is known."""

    value: float


@dataclass(frozen=True, slots=True)
class Expression:
    """A setting whose value is known only as code, with white space normalised: equal text is equal value.

    `default` is the number that it has unless a caller says otherwise: the default of the enclosing function's
    parameter.
    """

    text: str
    default: float | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """A setting of which nothing is known."""


Value = Number | Expression | Unknown


@dataclass(frozen=True, slots=True)
class Setting:
    """A group key or keyword argument and its value. `range` is the key's, `value_range` the value's."""

    key: str
    value: Value
    range: Range
    value_range: Range
    value_text: str = ""
    """The value as the code writes it."""
    is_of_builder: bool = False
    """Whether the code is a builder's, read for one of its callers: then an expression's own text is what the caller
    would write, and `value_text` is not."""


@dataclass(frozen=True, slots=True)
class Part:
    """The parameters of `model` that meet `condition`. `model` is None where nobody knows whose they are.

    `condition_range` is where one expression stands that is the whole condition (`not any(x in n for x in no_decay)`),
    None where there is no such expression; `condition_text` is that expression as the code writes it. `source_range`
    is where the iterable that they come from is read (`named` in `for n, p in named`), None where nobody knows.
    """

    model: Model | None
    condition: Condition
    condition_range: Range | None = field(default=None, compare=False)
    condition_text: str = field(default="", compare=False)
    source_range: Range | None = field(default=None, compare=False)
    is_drained: bool = field(default=False, compare=False)
    """Whether they come from an iterator that has surely been read before: then there are none."""


@dataclass(frozen=True, slots=True)
class ParamGroup:
    """One group dict: the union of `parts`, with settings. `is_readable` is False where some of its parameters come
    from what cannot be followed, `has_open_settings` where it is filled by what cannot be followed (`**kwargs`)."""

    parts: tuple[Part, ...]
    settings: tuple[Setting, ...]
    range: Range
    is_readable: bool = True
    has_open_settings: bool = False
    insertion: Range | None = None
    """The empty range behind the value of "params", where a further key may be written; None for a dict built by
    statements."""
    insertion_template: str = '"{key}": {value}'
    """How a further key is written there, behind a comma (a display or a `dict(…)` call)."""
    is_drained: bool = False
    """Whether it holds an iterator, as it is, that has surely been read before: then it is empty."""
    is_exhausted: bool = False
    """Whether some of its parameters come from an iterator that some path has read before: then it may be empty."""
    reach: Reach = EVERYWHERE
    """The runs in which it is added to its list."""
    is_conditional: bool = False
    """Whether a branch adds it, so that the list may be used without it."""

    def is_alternative_to(self, other: "ParamGroup") -> bool:
        """Whether the two are never in the list together: they stand in different arms, or behind an early exit."""
        return self.reach.excludes(other.reach)

    def setting(self, key: str) -> Setting | None:
        """The setting for `key`; the last one counts where a key stands twice."""
        return next((setting for setting in reversed(self.settings) if setting.key == key), None)


@dataclass(frozen=True, slots=True)
class Repeat:
    """A source that one list takes twice: `first` and `second` are where, `range` is what puts the list together, and
    `source` the source as the code writes it."""

    range: Range
    first: Range
    second: Range
    source: str


@dataclass(frozen=True, slots=True)
class GroupList:
    """A collection of parameter groups, however it is built.

    `place` is the name that it can be reached by (`groups`, `self.groups`), None without one. `is_complete` is False
    where something was added to it that cannot be followed. `is_consumed` says whether anything that could reach an
    optimizer reads it. `is_listed` is False for group dicts that never came to a list (OPT001 alone reads these).
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
    """Group dicts built beside the listed ones, of the same model, that nothing ever reads."""
    may_lack: bool = False
    """Whether some of the groups may not be in it any more when an optimizer takes it."""
    repeated: tuple[Repeat, ...] = ()
    """Sources that are listed twice: `list(a) + list(a)`."""
    is_followed: bool = True
    """Whether all that is in it is known, though a loop may put some of its groups there any number of times."""

    @property
    def models(self) -> tuple[Model, ...]:
        """The models whose parameters the groups hold, as far as they are known."""
        readable = [group for group in self.groups if group.is_readable]
        return tuple(dict.fromkeys(part.model for group in readable for part in group.parts if part.model))


@dataclass(frozen=True, slots=True)
class JoinedEntry:
    """An entry of a list that is written as several literals side by side, which Python joins: `"bias" "norm"`."""

    entry: str
    pieces: tuple[str, ...]
    ranges: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class NameList:
    """A literal collection of fragments of parameter names, as a no-decay list is.

    `range` is the statement that creates it (or the literal, written in place); `literal` is the literal itself.
    `is_string` marks one plain string where a collection was meant. `is_consumed` is True where anything made from
    it is read.
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
    """Whether it is known to hold full parameter names rather than fragments."""
    entry_ranges: tuple[Range, ...] = ()
    joined: tuple[JoinedEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """Two or more collections that one loop fills with parameters, or with names, by a condition."""

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
    """A test of a parameter's name, where it stands. `subject` is the name tested, as written (`n`).

    `names` is the collection compared with, None for a constant. `is_full_name` is True where the subject is surely a
    parameter's full dotted name. `edits_text` is the text that the preferred fix puts in place of `range`, "" without.
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
    """A one-shot iterator of parameters that is read again on some path: `range` is its name at the second reading,
    `made` the expression that makes it, `first` its first reading."""

    place: str
    range: Range
    made: Range
    made_text: str
    first: Range
    scope: Scope
    is_awaited: bool = False
    """Whether something else than groups and optimizers waits for its parameters, and would get them for the first
    time if it were a list."""


@dataclass(frozen=True, slots=True)
class Builder:
    """A function of this source that builds parameter groups and returns them.

    `takes_only_model` is set where a call with just the model is complete; `is_hook` where a framework or a base
    class may call it; `is_called` where anything in this source mentions it.
    """

    name: str
    groups: tuple[ParamGroup, ...]
    scope: Scope
    range: Range
    is_called: bool
    is_hook: bool
    takes_only_model: bool
    is_method: bool = False
