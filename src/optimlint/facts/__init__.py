"""What rules read: plain frozen values, no trees. `FileFacts` holds them all."""

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
    """Everything known of one source, each kind in the order of the source."""

    optimizer_calls: tuple[OptimizerCall, ...] = ()
    group_lists: tuple[GroupList, ...] = ()
    name_lists: tuple[NameList, ...] = ()
    splits: tuple[Split, ...] = ()
    name_filters: tuple[NameFilter, ...] = ()
    exhausted_streams: tuple[ExhaustedStream, ...] = ()
    overwrites: tuple[Overwrite, ...] = ()
    builders: tuple[Builder, ...] = ()
    classes: tuple[tuple[int, ModelClass], ...] = ()
    """The classes of models, by `Model.identity`, of this source and of those it imports: several where it is one of
    them."""
    arguments: tuple[tuple[int, Argument], ...] = ()
    """The parameters of functions that models are given by, by `Model.identity`, where no caller in this source gives
    one."""
    kin: tuple[frozenset[Model], ...] = ()
    """Sets of models that may be one object: what callers give a function, and what the function calls it."""
    frozen: tuple[Part, ...] = ()
    """Parameters whose gradient this source switches off (`model.bert.requires_grad_(False)`, a loop that sets
    `requires_grad`, of all or of those whose names pass a test)."""
    own_parameters: frozenset[str] = frozenset()
    """Attributes that a class of this source makes parameters."""
    key_reads: frozenset[str] = frozenset()
    """Strings that some subscript, `get` or attribute of this source reads as a key."""
    telling_apart: frozenset[Scope] = frozenset()
    """Scopes that set something of one group of an optimizer by its index, and so treat the groups differently."""
    changed_keys: frozenset[tuple[str, Scope]] = frozenset()
    """Keys that this source writes to groups of an optimizer once that is constructed, and the scopes that do."""
    unregistered: tuple[Unregistered, ...] = ()
    """Parameters that classes of models keep where `parameters()` does not find them."""
    fresh_layers: tuple[FreshLayer, ...] = ()
    """Layers that a forward pass makes anew each time."""
    switches: tuple[Switch, ...] = ()
    """Assignments that look as if they switched gradients, and switch none."""
    kept_weights: tuple[KeptWeights, ...] = ()
    """Weights that are kept as the best ones, by reference."""
    unreturned: tuple[Unreturned, ...] = ()
    """Hooks of frameworks that make optimizers and return none."""
    idle_schedulers: tuple[IdleScheduler, ...] = ()
    """Schedulers that nothing steps."""
    flattenings: tuple[Flattening, ...] = ()
    """What gives all groups of an optimizer one learning rate."""
    wrapped_tests: tuple[WrappedTest, ...] = ()
    """Tests of names that a wrapper of the model makes fail."""
    has_trusted_positions: bool = True
    """Whether ranges are surely those of the text; without, diagnostics carry no fixes."""
    unread: tuple[Unparseable, ...] = ()
    """What of the source could not be read. The names in it count as used."""
    ends_early: bool = False
    """Whether nothing below a fault was read."""
    limits: tuple[tuple[Limit, int], ...] = ()
    """How much was left unread past each limit."""
    training: tuple[Routine, ...] = ()
    """What the functions that compute gradients, and the code outside of functions, do to models and optimizers."""
    comments: tuple[Comment, ...] = ()
    comments_elsewhere: tuple[tuple[str, tuple[Comment, ...]], ...] = ()
    """The comments of other files that the facts speak of, by path."""
    elsewhere: Elsewhere = field(default=ALONE, compare=False, repr=False)
    """What the other files of the repository say, for whoever asks."""

    def written_at(self, place: Range) -> Range | None:
        """Where groups are written, in another file, of which `place` is the list or one of the settings."""
        for groups in self.group_lists:
            places = (groups.range, *(setting.range for group in groups.groups for setting in group.settings))
            if place in places:
                return next((group.range for group in groups.groups if group.range.path != place.path), None)
        return None

    def may_change(self, key: str, scope: Scope) -> bool:
        """Whether the key may be written later to groups that `scope` makes: by itself, or by a scope that constructs
        no optimizer of its own and so is given one."""
        return any(changed == key and self._is_given(by, scope) for changed, by in self.changed_keys)

    def may_tell_apart(self, scope: Scope) -> bool:
        """Whether the groups that `scope` makes may be treated differently later, in the same sense."""
        return any(self._is_given(by, scope) for by in self.telling_apart)

    def _is_given(self, by: Scope, scope: Scope) -> bool:
        return by == scope or by not in {call.scope for call in self.optimizer_calls}
