"""What a call does, as far as it can be said as flow between places of the call: the types of the table `calls`.

A row says in four short texts what is read of the call's arguments, what is only shown, what escapes and what comes
back. Each text is made of *access paths*, divided by commas:

    Receiver            what a method is called on
    Argument[0]         the first argument given by position
    Argument[params]    the argument given by that name; Argument[0, params] by either
    Argument[*]         every argument
    ….Element           what a collection yields, one by one; up to three steps

`returns` is one of the forms below, followed by paths. What no row matches is `UNKNOWN`: the receiver and all arguments
escape, and the result is something unknown that is made of them.
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
    """A place of a call. Neither `position` nor `name`: the receiver, or with `is_every` all arguments."""

    position: int | None = None
    name: str | None = None
    is_every: bool = False
    depth: int = 0
    """How many collections are opened."""

    @property
    def is_receiver(self) -> bool:
        return self.position is None and self.name is None and not self.is_every


class Form(Enum):
    """How the result follows from what a call is given."""

    UNKNOWN = ""
    """Something unknown that is made of what escapes."""
    NEVER = "never"
    """Nothing: the call does not come back."""
    NOTHING_KNOWN = "nothing known"
    """Something unknown that is made of none of it."""
    MADE_OF = "made of"
    """Something unknown that is made of the places."""
    VALUE = "value"
    """What is there already; of a parameter also another view or copy."""
    MODEL = "model"
    """The model that is there; where something else is, it is as if no row matched."""
    EACH = "each"
    """All of them in order as a tuple; of one alone, that one."""
    TUPLE = "tuple of"
    NEW = "new"
    """A new collection of what the places hold."""
    STREAM = "stream of"
    """What is read of the receiver's parameters or modules, one by one."""


_RESULT = re.compile(rf"(?P<form>{'|'.join(form.value for form in Form if form.value)})(?: (?P<rest>.+))?$")


@dataclass(frozen=True, slots=True)
class Result:
    """What comes back. `kind` says which collection is new, or what a stream yields."""

    form: Form = Form.UNKNOWN
    paths: tuple[Path, ...] = ()
    kind: str = ""
    order: str = ""
    """In which order a new collection holds things: "" for as they were, "reversed", "sorted"."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A row with its texts read."""

    match: str
    returns: Result
    reads: tuple[Path, ...]
    shows: tuple[Path, ...]
    escapes: tuple[Path, ...]
    model: str

    @property
    def is_exact(self) -> bool:
        """Whether the row is that of one function, and not of all whose names are alike."""
        return bool(self.match) and not self.match.startswith("*.")


UNKNOWN = Summary("", Result(), (), (), (Path(), Path(is_every=True)), "")
"""What is done by a call of which nothing is known."""


class WrongRow(Exception):
    """A row of the table that cannot be read."""


def find_call(name: str) -> Summary | None:
    """The summary of the function or method of that qualified name, or else of all whose names are alike."""
    return find_exact(name) or find_alike(name.rpartition(".")[2])


def find_exact(name: str) -> Summary | None:
    """The summary of the function or method of that qualified name. Of the standard library, the last part is enough
    where nothing else is said: a star import brings names alone."""
    row = _by_name().get(name)
    if row is None and "." not in name:
        row = _by_last_part().get(name)
    return None if row is None else summary(row)


@lru_cache(maxsize=4096)
def find_alike(last: str) -> Summary | None:
    """The summary of all functions and methods whose names end so, whoever defines them."""
    if _some_pattern().match(last) is None:
        return None
    return summary(next(row for row in _patterns() if fnmatchcase(last, row.match.removeprefix("*."))))


def only_shows(name: str) -> bool:
    """Whether a function of that name only shows or measures what it is given."""
    found = find_call(name)
    return found is not None and bool(found.shows)


def find_method(owner: str, method: str) -> Summary | None:
    """The summary of a method of a class."""
    row = _by_name().get(f"{owner}.{method}")
    return None if row is None else summary(row)


@cache
def takes_nothing_on(name: str) -> bool:
    """Whether a function of Python looks at what it is given, or goes over it, and keeps nothing of it."""
    found = find_exact(name)
    if found is None or found.escapes:
        return False
    is_iterator = found.model in ("lazy", "quantifier") or found.returns.kind == "iterator"
    return is_iterator or found.returns.form in (Form.NOTHING_KNOWN, Form.MADE_OF)


@cache
def streams() -> tuple[str, ...]:
    """The methods of a model that give its parameters or modules one by one."""
    found = (row for row in rows() if row.returns.startswith(Form.STREAM.value))
    return tuple(row.match.rpartition(".")[2] for row in found)


@cache
def same_module() -> frozenset[str]:
    """The methods of a model that give back the model itself."""
    found = (row.match.rpartition(".") for row in rows() if row.returns == "value Receiver")
    return frozenset(method for owner, _, method in found if owner == "torch.nn.Module")


@lru_cache(maxsize=4096)
def class_said_by(name: str) -> str | None:
    """The class of an object that everybody calls alike: `self.logger`, `sys.stdout`."""
    return next((owner for owner, pattern in _receivers() if pattern.search(name)), None)


@cache
def summary(row: Call) -> Summary:
    """What a row says."""
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
    """The whole table."""
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
