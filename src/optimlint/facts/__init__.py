"""What rules read: plain frozen values, no trees. `FileFacts` holds them all."""

from dataclasses import dataclass

from optimlint.facts.groups import Builder, ExhaustedStream, GroupList, NameFilter, NameList, Split
from optimlint.facts.names import Comment, Model
from optimlint.facts.optimizers import OptimizerCall, Overwrite
from optimlint.facts.project import ModelClass, Project, Questions


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
    """The classes of models, by `Model.identity`, as far as this source tells."""
    imported_classes: tuple[tuple[int, str], ...] = ()
    """The qualified names of models' classes that other files define, by `Model.identity`."""
    frozen: tuple[Model, ...] = ()
    """Models and sub-modules whose gradient this source switches off (`model.bert.requires_grad_(False)`, a loop that
    sets `requires_grad`)."""
    key_reads: frozenset[str] = frozenset()
    """Strings that some subscript, `get` or attribute of this source reads as a key."""
    changed_keys: frozenset[str] = frozenset()
    """Keys that this source writes to single groups of an optimizer, or to all of them in a loop."""
    has_trusted_positions: bool = True
    """Whether ranges are surely those of the text; without, diagnostics carry no fixes."""
    comments: tuple[Comment, ...] = ()
    questions: Questions = Questions()
    project: Project = Project()
