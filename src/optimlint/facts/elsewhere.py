"""Questions to the other files of the repository, asked only when a rule would otherwise fire."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from optimlint.facts.models import Argument, Exposed, ModelClass


class Elsewhere(Protocol):
    """The other files of the repository of one source. A question may search all of them, so a rule asks only when
    nothing else keeps it from firing."""

    def is_used(self, exposed: Exposed) -> bool:
        """Whether another file uses a name of the source."""
        ...

    def is_key_read(self, key: str) -> bool:
        """Whether other code that can hold an optimizer of the source, or its groups, reads the key."""
        ...

    def is_package_used(self, package: str) -> bool:
        """Whether the source, or such code, imports the package."""
        ...

    def is_parameter(self, name: str) -> bool:
        """Whether a class whose objects the source can hold has a parameter of its own of that name."""
        ...

    def classes_given(self, argument: Argument) -> tuple[ModelClass, ...]:
        """The classes of all models that other files give an argument; none where one of them is not known."""
        ...


class Alone:
    """There are no other files."""

    def is_used(self, exposed: Exposed) -> bool:
        """Nobody is there to use it."""
        return False

    def is_key_read(self, key: str) -> bool:
        """Nobody is there to read it."""
        return False

    def is_package_used(self, package: str) -> bool:
        """Nobody is there to import it."""
        return False

    def is_parameter(self, name: str) -> bool:
        """No class is there."""
        return False

    def classes_given(self, argument: Argument) -> tuple[ModelClass, ...]:
        """Nobody is there to give anything."""
        return ()


ALONE = Alone()
"""What a source that stands alone asks."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The other files, some answers of which are not theirs: `uses` says whether a name is used, and where `asks` is
    False nobody is asked."""

    others: Elsewhere
    uses: Callable[[Exposed], bool] | None = None
    asks: bool = True

    def is_used(self, exposed: Exposed) -> bool:
        """Whether a name of the source is used."""
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
        """Whether a class has a parameter of that name."""
        return self.asks and self.others.is_parameter(name)

    def classes_given(self, argument: Argument) -> tuple[ModelClass, ...]:
        """The classes of the models that other files give an argument."""
        return self.others.classes_given(argument) if self.asks else ()
