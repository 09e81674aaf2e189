"""What rules read: plain frozen values, no trees. `FileFacts` holds them all."""

from dataclasses import dataclass

from optimlint.facts.groups import Builder, ExhaustedStream, GroupList, NameFilter, NameList, Split
from optimlint.facts.names import Comment
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
    key_reads: frozenset[str] = frozenset()
    """Strings that some subscript, `get` or attribute of this source reads as a key."""
    comments: tuple[Comment, ...] = ()
    questions: Questions = Questions()
    project: Project = Project()
