"""Read a report from JSON, for `optimlint groups --live`. The file is not trusted: everything is validated."""

import json
from collections.abc import Mapping

from optimlint.live.values import Group, LiveOptimizer, Parameter, Problem, ProblemKind, Role, Value
from optimlint.live.view import Report
from optimlint.live.written import VERSION


class NotAReport(ValueError):
    """Raised for a text that is not a report of this version, with the reason as message."""


def from_json(text: str) -> Report:
    """The report in a JSON text. Raises `NotAReport` for any other text."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotAReport("it is not JSON") from error
    if not isinstance(read, dict) or read.get("version") != VERSION:
        raise NotAReport(f"it is not a report of version {VERSION}")
    try:
        return _report(read)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotAReport(f"it lacks something: {type(error).__name__}: {error}") from error


def _report(read: Mapping[str, object]) -> Report:
    return Report(
        tuple(_optimizer(one) for one in _objects(read["optimizers"])),
        tuple(_text(one) for one in _list(read["models"])),
        tuple(_parameter(one) for one in _objects(read["trainable"])),
        tuple(
            Problem(
                ProblemKind(one["kind"]),
                _text(one["message"]),
                tuple(_text(name) for name in _list(one["parameters"])),
            )
            for one in _objects(read["problems"])
        ),
    )


def _optimizer(read: Mapping[str, object]) -> LiveOptimizer:
    groups = tuple(_group(index, one) for index, one in enumerate(_objects(read["groups"])))
    defaults = None if read["defaults"] is None else frozenset(_text(key) for key in _list(read["defaults"]))
    return LiveOptimizer(_text(read["optimizer"]), _text(read["place"]), groups, defaults)


def _group(index: int, read: Mapping[str, object]) -> Group:
    settings = _object(read["settings"])
    parameters = tuple(_parameter(one) for one in _objects(read["parameters"]))
    return Group(index, parameters, tuple((key, _value(value)) for key, value in settings.items()))


def _parameter(read: Mapping[str, object]) -> Parameter:
    return Parameter(
        _whole(read["key"]),
        None if read["name"] is None else _text(read["name"]),
        tuple(_whole(size) for size in _list(read["shape"])),
        read["trainable"] is True,
        read["gradient"] is True,
        Role(read["role"]),
        read["foreign"] is True,
    )


def _objects(read: object) -> list[Mapping[str, object]]:
    return [_object(one) for one in _list(read)]


def _object(read: object) -> Mapping[str, object]:
    if not isinstance(read, dict):
        raise TypeError("an object is expected")
    return read


def _list(read: object) -> list[object]:
    if not isinstance(read, list):
        raise TypeError("a list is expected")
    return read


def _text(read: object) -> str:
    if not isinstance(read, str):
        raise TypeError("a text is expected")
    return read


def _whole(read: object) -> int:
    if not isinstance(read, int):
        raise TypeError("a whole number is expected")
    return read


def _value(read: object) -> Value:
    if read is None or isinstance(read, bool | int | float | str):
        return read
    raise TypeError("a plain value is expected")
