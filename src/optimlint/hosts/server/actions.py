"""Code actions: each fix, all safe fixes at once, and a suppression of each finding."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lsprotocol import types

from optimlint.check import INTERNAL_ERROR
from optimlint.diagnostic import Diagnostic, Edit
from optimlint.hosts.server.documents import Whole
from optimlint.hosts.server.messages import SOURCE, Reader, fix_title, shown_diagnostic, workspace_edit
from optimlint.hosts.server.questions import Findings
from optimlint.rules import UNPARSEABLE
from optimlint.suppress import UNUSED, comment_above, comment_behind
from optimlint.suppress import suppression as suppression_of

FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.{SOURCE}"
NOTEBOOK_FIX_ALL = f"notebook.{FIX_ALL}"
"""The kind by which VS Code requests actions on a whole notebook when it is saved."""

KINDS = (types.CodeActionKind.QuickFix.value, FIX_ALL, NOTEBOOK_FIX_ALL)


@dataclass(frozen=True, slots=True)
class Scene:
    """The input of code actions: an open document, its findings, and the client."""

    whole: Whole
    findings: Findings
    reader: Reader


def code_actions(scene: Scene, params: types.CodeActionParams) -> list[types.CodeAction]:
    """The code actions for a range of a file or cell."""
    wanted = params.context.only
    actions: list[types.CodeAction] = []
    if _is_wanted(types.CodeActionKind.QuickFix.value, wanted):
        for diagnostic in _at(scene, params):
            actions += _quick_fixes(diagnostic, scene)
    for kind in (FIX_ALL, NOTEBOOK_FIX_ALL) if scene.whole.is_notebook else (FIX_ALL,):
        if scene.findings.safe_edits and _is_wanted(kind, wanted):
            edit = workspace_edit(scene.findings.safe_edits, scene.whole, scene.reader)
            actions.append(types.CodeAction("Apply all safe fixes of optimlint", kind, edit=edit))
    return actions


def _is_wanted(kind: str, wanted: Sequence[types.CodeActionKind | str] | None) -> bool:
    """Whether the editor requests a kind of action, by its name or by a prefix of it."""
    if not wanted:
        return not kind.startswith("notebook.")
    names = [one.value if isinstance(one, types.CodeActionKind) else one for one in wanted]
    return any(kind == name or kind.startswith(f"{name}.") or not name for name in names)


def _at(scene: Scene, params: types.CodeActionParams) -> Iterator[Diagnostic]:
    """The findings that overlap the range."""
    cell = scene.whole.cell_of(params.text_document.uri)
    places = scene.reader.places(scene.whole.part(cell))
    start, end = places.from_editor(params.range.start), places.from_editor(params.range.end)
    for one in scene.findings.diagnostics:
        if one.cell == cell and one.range.start <= end and start <= one.range.end:
            yield one


def _quick_fixes(diagnostic: Diagnostic, scene: Scene) -> Iterator[types.CodeAction]:
    shown = [shown_diagnostic(diagnostic, scene.whole, scene.reader)]
    for index, fix in enumerate(diagnostic.fixes):
        yield types.CodeAction(
            fix_title(fix),
            types.CodeActionKind.QuickFix,
            shown,
            is_preferred=index == 0,
            edit=workspace_edit(fix.edits, scene.whole, scene.reader),
        )
    if (edit := suppression(diagnostic, scene)) is not None:
        yield types.CodeAction(
            f"Suppress `{diagnostic.rule}` here",
            types.CodeActionKind.QuickFix,
            shown,
            edit=workspace_edit((edit,), scene.whole, scene.reader),
        )


def suppression(diagnostic: Diagnostic, scene: Scene) -> Edit | None:
    """An edit that adds a comment to suppress a finding: on its line, on a line of its own above, or on the line of a
    related location. None if no comment fits, or if the finding is itself about a comment."""
    if diagnostic.rule in (UNPARSEABLE.name, INTERNAL_ERROR, UNUSED):
        return None
    comment = suppression_of({diagnostic.rule})
    fitting = scene.findings.commentable
    cell, line = diagnostic.cell, diagnostic.range.start.line
    if (cell, line) in fitting:
        return comment_behind(comment, _line(cell, line, scene), line, cell)
    if line == 1 or (cell, line - 1) in fitting:
        return comment_above(comment, _line(cell, line, scene), line, cell)
    for one in diagnostic.related:
        cell, line = one.range.cell, one.range.start.line
        if not one.range.path and (cell, line) in fitting:
            return comment_behind(comment, _line(cell, line, scene), line, cell)
    return None


def _line(cell: int | None, line: int, scene: Scene) -> str:
    return scene.reader.places(scene.whole.part(cell)).line(line)
