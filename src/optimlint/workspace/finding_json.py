"""Findings as JSON, shared by the JSON formats and the corpus output."""

import json
import os
import re

from optimlint.diagnostic import Applicability, Diagnostic, Fix, Position, Range, Related
from optimlint.workspace.documentation_links import page_of

_LOG_COMMAND = re.compile(r"##(?=\w*\[)")


Json = dict[str, "Json"] | list["Json"] | str | int | None


def document(value: Json, indent: int | None = 2) -> str:
    """A value as ASCII JSON with a final line end, without sequences that a CI log would interpret as commands."""
    return _LOG_COMMAND.sub(r"#\\u0023", json.dumps(value, indent=indent)) + "\n"


def to_json(diagnostic: Diagnostic) -> Json:
    """A diagnostic as a JSON object."""
    filename = _filename(diagnostic.path)
    return {
        "code": diagnostic.code,
        "name": diagnostic.rule,
        "severity": diagnostic.severity.value,
        "message": strict(diagnostic.message),
        "filename": filename,
        **_place(diagnostic.range),
        "related": [_related(related, filename) for related in diagnostic.related],
        "fix": _fix(diagnostic.fixes[0]) if diagnostic.fixes else None,
        "url": page_of(diagnostic.rule),
    }


def strict(text: str) -> str:
    """`text` without lone surrogates, which strict JSON readers reject."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _filename(path: str) -> str:
    """A path with each byte that is not UTF-8 written as `\\xe9`."""
    try:
        return os.fsencode(path).decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # It holds what never was a byte of a file name.
        return strict(path)


def _related(related: Related, filename: str) -> Json:
    where = _filename(related.range.path) if related.range.path else filename
    return {"message": strict(related.message), "filename": where, **_place(related.range)}


def _fix(fix: Fix) -> Json:
    return {
        "applicability": _APPLICABILITY[fix.applicability],
        "message": strict(fix.title),
        "edits": [{"content": strict(edit.text), **_place(edit.range)} for edit in fix.edits],
    }


def _place(at: Range) -> dict[str, Json]:
    return {"cell": at.cell, "location": _position(at.start), "end_location": _position(at.end)}


def _position(position: Position) -> Json:
    return {"row": position.line, "column": position.column}


_APPLICABILITY = {
    Applicability.SAFE: "safe",
    Applicability.UNSAFE: "unsafe",
    Applicability.DISPLAY: "display",
}
