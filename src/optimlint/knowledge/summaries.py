"""Call summaries: what a call reads, shows, lets escape and returns, in terms of its receiver and arguments.

A row of `calls` has four short texts: what is read of the arguments, what is only shown, what escapes, and what is
returned. Each text is a comma-separated list of *access paths*:

    Receiver            the object that a method is called on
    Argument[0]         the first positional argument
    Argument[params]    the argument of that name; Argument[0, params] by either
    Argument[*]         every argument
    ….Element           the elements of a collection; up to three steps

`returns` is one of the forms below, followed by paths. A call without a row is `UNKNOWN`: the receiver and all
arguments escape, and the result is an unknown value derived from them.
"""

import re
import sys
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase, translate
from functools import cache, lru_cache

from optimlint.knowledge.calls import CALLS, RECEIVERS
from optimlint.knowledge.rows import Call

_MOST_STEPS = 3
_PATH = re.compile(r"(?P<root>Receiver|Argument\[(?P<at>[^\]]+)\])(?P<steps>(?:\.Element)*)$")
_AT = re.compile(r"(?P<all>\*)$|(?P<number>\d+)?(?:, )?(?P<name>[A-Za-z_]\w*)?$")
_BETWEEN = re.compile(r", (?![^\[]*\])")
_COLLECTION = re.compile(r"(?P<kind>chain|iterator|list|set|tuple) of (?P<paths>.+?)(?:, (?P<order>reversed|sorted))?$")


@dataclass(frozen=True, slots=True)
class Path:
    """An access path. Without `position` and `name` it is the receiver, or with `is_every` all arguments."""

    position: int | None = None
    name: str | None = None
    is_every: bool = False
    depth: int = 0
    """The number of `Element` steps."""

    @property
    def is_receiver(self) -> bool:
        return self.position is None and self.name is None and not self.is_every


class Form(Enum):
    """How the result is derived from the arguments."""

    UNKNOWN = ""
    """An unknown value derived from what escapes."""
    NEVER = "never"
    """No result: the call does not return."""
    NOTHING_KNOWN = "nothing known"
    """An unknown value that is not derived from the arguments."""
    MADE_OF = "made of"
    """An unknown value derived from the paths."""
    VALUE = "value"
    """The value itself; for a parameter perhaps a view or copy of it."""
    MODEL = "model"
    """The value itself if it is a model; otherwise as if no row matched."""
    EACH = "each"
    """All values in order as a tuple; a single value as itself."""
    TUPLE = "tuple of"
    NEW = "new"
    """A new collection of the values."""
    STREAM = "stream of"
    """A one-shot iterator of the receiver's parameters or modules."""


_RESULT = re.compile(rf"(?P<form>{'|'.join(form.value for form in Form if form.value)})(?: (?P<rest>.+))?$")


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a call. `kind` is the kind of the new collection, or what a stream yields."""

    form: Form = Form.UNKNOWN
    paths: tuple[Path, ...] = ()
    kind: str = ""
    order: str = ""
    """The order of a new collection: "" (unchanged), "reversed" or "sorted"."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A row of the table, parsed."""

    match: str
    returns: Result
    reads: tuple[Path, ...]
    shows: tuple[Path, ...]
    escapes: tuple[Path, ...]
    model: str

    @property
    def is_exact(self) -> bool:
        """Whether the row is for one qualified name, and not a pattern."""
        return bool(self.match) and not self.match.startswith("*.")


UNKNOWN = Summary("", Result(), (), (), (Path(), Path(is_every=True)), "")
"""The summary of an unknown call."""


class WrongRow(Exception):
    """A row of the table that cannot be parsed."""


def find_call(name: str) -> Summary | None:
    """The summary for that qualified name, or else for a pattern that its last part matches."""
    return find_exact(name) or find_alike(name.rpartition(".")[2])


def find_exact(name: str) -> Summary | None:
    """The summary for that qualified name. For the standard library the last part is enough, since a star import brings
    bare names."""
    row = _by_name().get(name)
    if row is None and "." not in name:
        row = _by_last_part().get(name)
    return None if row is None else summary(row)


@lru_cache(maxsize=4096)
def find_alike(last: str) -> Summary | None:
    """The summary for the pattern that matches this last part of a name."""
    if _some_pattern().match(last) is None:
        return None
    return summary(next(row for row in _patterns() if fnmatchcase(last, row.match.removeprefix("*."))))


def only_shows(name: str) -> bool:
    """Whether a function of that name only prints or measures its arguments."""
    found = find_call(name)
    return found is not None and bool(found.shows)


def find_method(owner: str, method: str) -> Summary | None:
    """The summary of a method of a class."""
    row = _by_name().get(f"{owner}.{method}")
    return None if row is None else summary(row)


@cache
def takes_nothing_on(name: str) -> bool:
    """Whether a Python function reads or iterates its arguments and keeps none of them."""
    found = find_exact(name)
    if found is None or found.escapes:
        return False
    is_iterator = found.model in ("lazy", "quantifier") or found.returns.kind == "iterator"
    return is_iterator or found.returns.form in (Form.NOTHING_KNOWN, Form.MADE_OF)


@cache
def streams() -> tuple[str, ...]:
    """The model methods that yield its parameters or modules."""
    found = (row for row in rows() if row.returns.startswith(Form.STREAM.value))
    return tuple(row.match.rpartition(".")[2] for row in found)


@cache
def same_module() -> frozenset[str]:
    """The model methods that return the model itself."""
    found = (row.match.rpartition(".") for row in rows() if row.returns == "value Receiver")
    return frozenset(method for owner, _, method in found if owner == "torch.nn.Module")


@lru_cache(maxsize=4096)
def class_said_by(name: str) -> str | None:
    """The class of an object with a conventional name: `self.logger`, `sys.stdout`."""
    return next((owner for owner, pattern in _receivers() if pattern.search(name)), None)


@cache
def summary(row: Call) -> Summary:
    """Parse a row. Raises WrongRow."""
    try:
        return Summary(
            row.match,
            _result(row.returns),
            reads=_paths(row.reads),
            shows=_paths(row.shows),
            escapes=_paths(row.escapes),
            model=row.model,
        )
    except WrongRow as error:
        raise WrongRow(f"{row.match}: {error}") from None


def rows() -> tuple[Call, ...]:
    """All rows of the table."""
    return CALLS


@cache
def _by_name() -> dict[str, Call]:
    return {row.match: row for row in rows() if not row.match.startswith("*.")}


@cache
def _by_last_part() -> dict[str, Call]:
    found = [row for row in _by_name().values() if row.match.count(".") == 1]
    return {row.match.rpartition(".")[2]: row for row in found if row.match.split(".")[0] in sys.stdlib_module_names}


@cache
def _patterns() -> tuple[Call, ...]:
    return tuple(row for row in rows() if row.match.startswith("*."))


@cache
def _some_pattern() -> re.Pattern[str]:
    return re.compile("|".join(translate(row.match.removeprefix("*.")) for row in _patterns()))


@cache
def _receivers() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((owner, re.compile(rf"(?:^|\.|_)(?:{'|'.join(names)})$")) for owner, names in RECEIVERS)


def _paths(text: str) -> tuple[Path, ...]:
    return tuple(map(_path, _BETWEEN.split(text))) if text else ()


def _path(text: str) -> Path:
    found = _PATH.match(text)
    if found is None or found["steps"].count(".") > _MOST_STEPS:
        raise WrongRow(f"`{text}` is no path")
    depth = found["steps"].count(".")
    if found["at"] is None:
        return Path(depth=depth)
    at = _AT.match(found["at"])
    if at is None:
        raise WrongRow(f"`{text}` names no argument")
    number = int(at["number"]) if at["number"] else None
    return Path(number, at["name"], is_every=at["all"] is not None, depth=depth)


def _result(text: str) -> Result:
    if not text:
        return Result()
    found = _RESULT.match(text)
    if found is None:
        raise WrongRow(f"`{text}` is no result")
    form, rest = Form(found["form"]), found["rest"] or ""
    match form:
        case Form.NOTHING_KNOWN | Form.NEVER:
            return Result(form)
        case Form.STREAM:
            return Result(form, (Path(),), rest)
        case Form.NEW:
            made = _COLLECTION.match(rest)
            if made is None:
                raise WrongRow(f"`{text}` makes no collection")
            return Result(form, _paths(made["paths"]), made["kind"], made["order"] or "")
        case _:
            return Result(form, _paths(rest))
