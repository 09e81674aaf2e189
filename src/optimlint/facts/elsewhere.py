"""Queries to the other files of the repository, made only if a rule would otherwise report a finding."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from optimlint.facts.models import Argument, Exposed, ModelClass


class Elsewhere(Protocol):
    """The other files of the repository that contains a source. A query may search all of them, so a rule makes it only
    after all other checks."""

    def is_used(self, exposed: Exposed) -> bool:
        """Whether another file uses a name that the source defines."""
        ...

    def is_key_read(self, key: str) -> bool:
        """Whether other code that can access an optimizer of the source, or its groups, reads the key."""
        ...

    def is_package_used(self, package: str) -> bool:
        """Whether the source, or other code that can access its optimizers, imports the package."""
        ...

    def is_parameter(self, name: str) -> bool:
        """Whether a class whose objects the source can access has a parameter of its own with this name."""
        ...

    def classes_given(self, argument: Argument) -> tuple[ModelClass, ...]:
        """The classes of all models that other files pass for a function parameter; empty if one of them is not
        known."""
        ...


class Alone:
    """The queries of a source without other files: nothing is used or read."""

    def is_used(self, exposed: Exposed) -> bool:
        """False: there is no other file."""
        return False

    def is_key_read(self, key: str) -> bool:
        """False: there is no other file."""
        return False

    def is_package_used(self, package: str) -> bool:
        """False: there is no other file."""
        return False

    def is_parameter(self, name: str) -> bool:
        """False: there is no other file."""
        return False

    def classes_given(self, argument: Argument) -> tuple[ModelClass, ...]:
        """Empty: there is no other file."""
        return ()


ALONE = Alone()
"""The queries of a source that belongs to no repository."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The queries to `others` with some answers replaced. `uses`, if set, answers `is_used`. If `asks` is False,
    `others` are not queried."""

    others: Elsewhere
    uses: Callable[[Exposed], bool] | None = None
    asks: bool = True

    def is_used(self, exposed: Exposed) -> bool:
        """Whether a name that the source defines is used."""
        if self.uses is not None:
            return self.uses(exposed)
        return self.asks and self.others.is_used(exposed)

    def is_key_read(self, key: str) -> bool:
        """Whether other code reads the key."""
        return self.asks and self.others.is_key_read(key)

    def is_package_used(self, package: str) -> bool:
        """Whether such code imports the package."""
        return self.asks and self.others.is_package_used(package)

    def is_parameter(self, name: str) -> bool:
        """Whether a class has a parameter with this name."""
        return self.asks and self.others.is_parameter(name)

    def classes_given(self, argument: Argument) -> tuple[ModelClass, ...]:
        """The classes of the models that other files pass for a function parameter."""
        return self.others.classes_given(argument) if self.asks else ()
