"""What other files of the repository say, as a value: asked for by `Questions`, answered by `Project`."""

from dataclasses import dataclass

from optimlint.diagnostic import Range
from optimlint.facts.catalog import Optimizer


@dataclass(frozen=True, slots=True)
class SubModule:
    """An attribute of a model class that holds parameters: a module or an `nn.Parameter`.

    `kind` is the class it is made from, as written (`nn.LayerNorm`), "" where unknown. `is_used` says whether
    `forward`, a training step or a method that these call reads it; `is_frozen` whether the class freezes it.
    `has_parameters` is None where nobody knows.
    """

    name: str
    kind: str
    is_used: bool
    is_frozen: bool
    has_parameters: bool | None
    is_norm: bool = False
    parts: tuple["SubModule", ...] = ()
    """What stands inside: the members of an `nn.Sequential` written in place, by index, or the sub-modules of a class
    whose source is in view."""
    range: Range | None = None
    """Where it is assigned, in a class of the same source."""
    architecture: str = ""
    """The literal name it is loaded by (`bert-base-uncased`), "" without one."""
    runs_without_gradient: bool = False
    """Whether the class runs it where no gradient can reach it alone: under `torch.no_grad()`, or detached."""

    @property
    def is_trained(self) -> bool:
        """Whether it surely has parameters that an optimizer should have: the forward pass uses them, and a gradient
        reaches them."""
        return bool(self.has_parameters) and self.is_used and not self.is_frozen and not self.runs_without_gradient


@dataclass(frozen=True, slots=True)
class ModelClass:
    """An `nn.Module` class as its source shows it. `is_closed` is False where parameters may come from what cannot be
    read: a base class elsewhere, `setattr`, `add_module`, `register_parameter` with a computed name."""

    name: str
    sub_modules: tuple[SubModule, ...]
    is_closed: bool
    architecture: str = ""
    """The literal name it is loaded by (`bert-base-uncased`), "" without one."""
    is_of_transformers: bool = False
    """Whether it is a class of the package `transformers`, and no class of the repository."""


@dataclass(frozen=True, slots=True)
class Questions:
    """What one source would like to know of the rest of its repository.

    `words` are names that matter if some other file mentions them, `keys` are keys of groups that matter if some other
    file reads them; `classes` are qualified names of imported classes (`package.models.Tagger`, `.models.Tagger` when
    relative), of models and of optimizers, whose source would help.
    """

    words: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.words or self.classes or self.keys)


@dataclass(frozen=True, slots=True)
class Project:
    """The answers. Without them (`is_known` False) each source is taken to stand alone.

    `mentioned` are the words asked for that another file mentions, `read_keys` the keys that another file reads;
    `classes` pairs the qualified names asked for with what was found, `optimizers` are those that are optimizers.
    """

    is_known: bool = False
    mentioned: frozenset[str] = frozenset()
    classes: tuple[tuple[str, ModelClass], ...] = ()
    read_keys: frozenset[str] = frozenset()
    optimizers: tuple[Optimizer, ...] = ()

    def model_class(self, qualified_name: str) -> ModelClass | None:
        """The class of that name, if the repository has it."""
        return next((found for name, found in self.classes if name == qualified_name), None)

    def optimizer(self, qualified_name: str | None) -> Optimizer | None:
        """The optimizer class of that name, if the repository has it."""
        return next((found for found in self.optimizers if found.qualified_name == qualified_name), None)
