"""Answers to the rules' questions about the other files of a repository, computed on demand."""

from collections.abc import Callable, Iterable

from optimlint.analysis.ignored_keys import keys_read
from optimlint.analysis.parameter_kinds import norm_entries, old_name
from optimlint.analysis.unused_groups import exposed_builder
from optimlint.facts import FileFacts
from optimlint.facts.elsewhere import ALONE, Elsewhere
from optimlint.facts.models import Argument, Exposed, ModelClass, exposed
from optimlint.repository.naming import Definition
from optimlint.repository.repository import Repository
from optimlint.repository.uses import Uses

ClassAt = Callable[[str, str], ModelClass | None]
"""Returns the summary of the class of that name in a file; None if it is no model."""


def elsewhere(repository: Repository, path: str, facts: FileFacts, class_at: ClassAt) -> Elsewhere:
    """The answers about other files for the source at `path`."""
    return ALONE if repository.is_empty else _Others(repository, path, facts, class_at)


class _Others:
    """The answers for one source. Nothing is read before the first question."""

    def __init__(self, repository: Repository, path: str, facts: FileFacts, class_at: ClassAt) -> None:
        self._repository = repository
        self._class_at = class_at
        self._path = path
        self._facts = facts
        self._uses: dict[str, Uses] = {}
        self._answers: dict[object, bool] = {}
        self._given: dict[Argument, tuple[ModelClass, ...]] = {}

    def is_used(self, exposed: Exposed) -> bool:
        """Whether another file uses a name of the source."""
        return self._told(exposed, lambda uses: uses.is_used(exposed), exposed.file)

    def is_key_read(self, key: str) -> bool:
        """Whether other code that may hold an optimizer of the source, or its groups, reads the key."""
        return self._told(("key", key), lambda uses: uses.is_key_read(key))

    def is_package_used(self, package: str) -> bool:
        """Whether the source, or other code that may hold its optimizers, imports the package."""
        return self._told(("package", package), lambda uses: uses.is_package_used(package))

    def is_parameter(self, name: str) -> bool:
        """Whether a class whose instances the source may hold has a parameter of its own of that name."""
        return self._told(("parameter", name), lambda uses: uses.is_parameter(name))

    def classes_given(self, argument: Argument) -> tuple[ModelClass, ...]:
        """The classes of all models that other files pass as an argument; empty if one of them is unknown."""
        if argument not in self._given:
            found = [self._summary(place) for place in self._asked().given(argument)]
            models = tuple(one for one in found if one is not None)
            self._given[argument] = models if len(models) == len(found) else ()
        return self._given[argument]

    def _told(self, question: object, answer: Callable[[Uses], bool], file: str = "") -> bool:
        """The answer to a question, cached."""
        if question not in self._answers:
            self._answers[question] = answer(self._asked(file))
        return self._answers[question]

    def _asked(self, file: str = "") -> Uses:
        """The uses of what the source defines, or what another file that was read with it defines."""
        if file not in self._uses:
            self._uses[file] = Uses(self._repository, file or self._path, _together(self._facts))
        return self._uses[file]

    def _summary(self, place: Definition) -> ModelClass | None:
        """The class at a place; None if it cannot be summarized for any reason."""
        try:
            return self._class_at(*place)
        except Exception:  # noqa: BLE001  A failure in another file is reported when that file is checked.
            return None


def _together(facts: FileFacts) -> tuple[frozenset[str], ...]:
    """All words that rules may ask about: names, keys, parameters and functions. They are searched together, since a
    source rarely asks about only one."""
    return (
        frozenset(one.name for one in _names(facts) if one is not None),
        frozenset(_keys(facts)),
        frozenset(
            name for names in facts.name_lists for entry in norm_entries(names.entries) if (name := old_name(entry))
        ),
        frozenset(argument.function for _, argument in facts.arguments),
    )


def _names(facts: FileFacts) -> Iterable[Exposed | None]:
    """The names for which a finding depends on whether other files use them."""
    yield from (exposed(one.scope, one.place) for one in facts.group_lists if not one.is_consumed)
    yield from (exposed(one.scope, one.place) for one in facts.name_lists if not one.is_consumed)
    yield from (exposed(one.scope, place) for one in facts.splits if not one.is_consumed for place in one.places)
    yield from (exposed_builder(builder) for builder in facts.builders if not builder.is_called)
    yield from (one.exposed for one in facts.unregistered)
    yield from (one.exposed for one in facts.idle_schedulers)


def _keys(facts: FileFacts) -> Iterable[str]:
    """The group keys that at least one of the optimizers does not read."""
    reads = [keys_read(call) for call in facts.optimizer_calls if call.candidates or call.qualified_name]
    known = frozenset.intersection(*(keys or frozenset() for keys in reads)) if reads else frozenset[str]()
    for groups in facts.group_lists:
        yield from (setting.key for group in groups.groups for setting in group.settings if setting.key not in known)
