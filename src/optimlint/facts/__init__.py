"""Facts about one source, the input of rules: plain frozen values, no syntax trees. `FileFacts` contains them all."""

from dataclasses import dataclass, field

from optimlint.diagnostic import Range
from optimlint.facts.elsewhere import ALONE, Elsewhere
from optimlint.facts.groups import Builder, ExhaustedStream, GroupList, NameFilter, NameList, Part, Split
from optimlint.facts.hooks import Unreturned
from optimlint.facts.kept import KeptWeights
from optimlint.facts.limits import Limit
from optimlint.facts.models import Argument, ModelClass
from optimlint.facts.modules import FreshLayer, Switch, Unregistered
from optimlint.facts.names import Comment, Model, Scope
from optimlint.facts.optimizers import OptimizerCall, Overwrite
from optimlint.facts.rates import Flattening
from optimlint.facts.schedulers import IdleScheduler
from optimlint.facts.training import Routine
from optimlint.facts.wrapped import WrappedTest
from optimlint.text import Unparseable


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Everything known about one source, each kind of fact in source order."""

    optimizer_calls: tuple[OptimizerCall, ...] = ()
    group_lists: tuple[GroupList, ...] = ()
    name_lists: tuple[NameList, ...] = ()
    splits: tuple[Split, ...] = ()
    name_filters: tuple[NameFilter, ...] = ()
    exhausted_streams: tuple[ExhaustedStream, ...] = ()
    overwrites: tuple[Overwrite, ...] = ()
    builders: tuple[Builder, ...] = ()
    classes: tuple[tuple[int, ModelClass], ...] = ()
    """The classes of models, by `Model.identity`, defined in this source or imported; several if a model may be of any
    of them."""
    arguments: tuple[tuple[int, Argument], ...] = ()
    """The function parameters that models are passed in, by `Model.identity`, if no caller in this source passes
    one."""
    aliases: tuple[frozenset[Model], ...] = ()
    """Sets of models that may be the same object: the caller's arguments and the called function's parameter."""
    frozen: tuple[Part, ...] = ()
    """Parameters whose gradient this source switches off (`model.bert.requires_grad_(False)`, or a loop that sets
    `requires_grad` of all parameters or of those whose names pass a test)."""
    own_parameters: frozenset[str] = frozenset()
    """Attributes to which a class of this source assigns parameters."""
    key_reads: frozenset[str] = frozenset()
    """Strings that this source reads as a key, by a subscript, `get` or an attribute."""
    telling_apart: frozenset[Scope] = frozenset()
    """Scopes that change one group of an optimizer by its index, and so treat the groups differently."""
    changed_keys: frozenset[tuple[str, Scope]] = frozenset()
    """Keys that this source assigns in groups of an optimizer after its construction, with the scope that does so."""
    unregistered: tuple[Unregistered, ...] = ()
    """Parameters that model classes keep where `parameters()` does not find them."""
    fresh_layers: tuple[FreshLayer, ...] = ()
    """Layers that a forward pass creates anew each time."""
    switches: tuple[Switch, ...] = ()
    """Assignments that look as if they enabled or disabled gradients, but have no effect."""
    kept_weights: tuple[KeptWeights, ...] = ()
    """Weights that are kept as the best ones, but only by reference."""
    unreturned: tuple[Unreturned, ...] = ()
    """Framework hooks that create optimizers but return none."""
    idle_schedulers: tuple[IdleScheduler, ...] = ()
    """Schedulers that are never stepped."""
    flattenings: tuple[Flattening, ...] = ()
    """Code that sets all groups of an optimizer to one learning rate."""
    wrapped_tests: tuple[WrappedTest, ...] = ()
    """Tests of parameter names that fail because the model is wrapped."""
    has_trusted_positions: bool = True
    """Whether ranges surely match the text. If not, diagnostics have no fixes."""
    unread: tuple[Unparseable, ...] = ()
    """The parts of the source that could not be parsed. The names in them count as used."""
    ends_early: bool = False
    """Whether nothing after a syntax error was read."""
    limits: tuple[tuple[Limit, int], ...] = ()
    """How much was left unread because of each limit."""
    training: tuple[Routine, ...] = ()
    """The events of the functions that compute gradients, and of the code outside of functions."""
    comments: tuple[Comment, ...] = ()
    comments_elsewhere: tuple[tuple[str, tuple[Comment, ...]], ...] = ()
    """The comments of other files that facts refer to, by path."""
    elsewhere: Elsewhere = field(default=ALONE, compare=False, repr=False)
    """Queries to the other files of the repository."""

    def written_at(self, place: Range) -> Range | None:
        """The range in another file of a group whose list or one of whose settings is at `place`; None if the groups
        are in the same file."""
        for groups in self.group_lists:
            places = (groups.range, *(setting.range for group in groups.groups for setting in group.settings))
            if place in places:
                return next((group.range for group in groups.groups if group.range.path != place.path), None)
        return None

    def may_change(self, key: str, scope: Scope) -> bool:
        """Whether the key may be assigned later in groups that `scope` creates: by `scope` itself, or by a scope that
        constructs no optimizer and so gets one passed."""
        return any(changed == key and self._is_given(by, scope) for changed, by in self.changed_keys)

    def may_tell_apart(self, scope: Scope) -> bool:
        """Whether the groups that `scope` creates may be treated differently later, by the same scopes as in
        `may_change`."""
        return any(self._is_given(by, scope) for by in self.telling_apart)

    def _is_given(self, by: Scope, scope: Scope) -> bool:
        return by == scope or by not in {call.scope for call in self.optimizer_calls}
