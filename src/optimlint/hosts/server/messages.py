"""Convert findings, fixes and edits to the editor's protocol."""

from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types

from optimlint.diagnostic import Applicability, Diagnostic, Edit, Fix, Range, Severity
from optimlint.fix import with_line_ends
from optimlint.hosts.server.documents import Part, Whole
from optimlint.hosts.server.places import Encoding, Places
from optimlint.text import line_end_at
from optimlint.workspace.documentation_links import page_of

SOURCE = "optimlint"
"""The name under which diagnostics appear in the editor."""

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.NOTE: types.DiagnosticSeverity.Information,
}


@dataclass(frozen=True, slots=True)
class Reader:
    """The client's capabilities that matter: its unit for columns, and what it can show and do."""

    encoding: Encoding = types.PositionEncodingKind.Utf16
    shows_related: bool = False
    shows_pages: bool = False
    checks_versions: bool = False

    def places(self, part: Part) -> Places:
        """The positions of a part in this editor's units."""
        return Places(part.text, self.encoding)


def reader(capabilities: types.ClientCapabilities, encoding: Encoding) -> Reader:
    """The client with these capabilities."""
    document = capabilities.text_document
    published = document.publish_diagnostics if document else None
    edits = capabilities.workspace.workspace_edit if capabilities.workspace else None
    return Reader(
        encoding,
        bool(published and published.related_information),
        bool(published and published.code_description_support),
        bool(edits and edits.document_changes),
    )


def published(
    whole: Whole, diagnostics: tuple[Diagnostic, ...], reader: Reader
) -> list[types.PublishDiagnosticsParams]:
    """The diagnostics to publish for each part. Parts without findings are included, to clear earlier ones."""
    shown = [(whole.part(one.cell), shown_diagnostic(one, whole, reader)) for one in diagnostics]
    return [
        types.PublishDiagnosticsParams(part.uri, [one for place, one in shown if place is part], part.version)
        for part in whole.parts
        if part.is_python
    ]


def shown_diagnostic(diagnostic: Diagnostic, whole: Whole, reader: Reader) -> types.Diagnostic:
    """A finding as a diagnostic of the protocol."""
    related = [
        types.DiagnosticRelatedInformation(_location(one.range, whole, reader), one.message)
        for one in diagnostic.related
    ]
    page = page_of(diagnostic.rule) if reader.shows_pages else None
    return types.Diagnostic(
        range=_location(diagnostic.range, whole, reader).range,
        message=diagnostic.message,
        severity=_SEVERITIES[diagnostic.severity],
        code=diagnostic.rule,
        code_description=types.CodeDescription(page) if page else None,
        source=SOURCE,
        related_information=related if related and reader.shows_related else None,
    )


def workspace_edit(edits: tuple[Edit, ...], whole: Whole, reader: Reader) -> types.WorkspaceEdit:
    """The edits as the protocol sends them, grouped by document: a file, or a cell of a notebook. They name the current
    versions of the documents if the editor checks versions."""
    by_part: dict[str, list[types.TextEdit]] = {}
    for edit in edits:
        part = whole.part(edit.range.cell)
        by_part.setdefault(part.uri, []).append(_text_edit(edit, part, reader))
    if not reader.checks_versions:
        return types.WorkspaceEdit(changes=by_part)
    versions = {part.uri: part.version for part in whole.parts}
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(uri, versions[uri]), texts)
            for uri, texts in by_part.items()
        ]
    )


def fix_title(fix: Fix) -> str:
    """The title of a fix, with a warning if it needs review."""
    match fix.applicability:
        case Applicability.SAFE:
            return fix.title
        case Applicability.UNSAFE:
            return f"{fix.title} (unsafe: look at it)"
        case Applicability.DISPLAY:
            return f"{fix.title} (a proposal: complete it)"


def _text_edit(edit: Edit, part: Part, reader: Reader) -> types.TextEdit:
    """An edit with the line ends of the surrounding text."""
    place = reader.places(part).for_editor(edit.range)
    line_end = line_end_at(part.text, reader.places(part).offset(place.start))
    return types.TextEdit(place, with_line_ends(edit.text, line_end))


def _location(place: Range, whole: Whole, reader: Reader) -> types.Location:
    if place.path:
        # The text of a file that is not open is unknown, so its columns cannot be converted.
        start, end = (types.Position(one.line - 1, one.column - 1) for one in (place.start, place.end))
        return types.Location(Path(place.path).as_uri(), types.Range(start, end))
    part = whole.part(place.cell)
    return types.Location(part.uri, reader.places(part).for_editor(place))
