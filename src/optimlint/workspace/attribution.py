"""Assign findings to the files that they are in. Checking one file may find a mistake in another; each is reported
once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from optimlint.diagnostic import Applicability, Diagnostic
from optimlint.options import Options
from optimlint.workspace.folder_tree import content_of
from optimlint.workspace.outcome import Failure
from optimlint.workspace.worker import Examined, Source

Checked = Examined | Failure
"""The outcome of checking a source."""


def settled(
    sources: Sequence[Source], checked: Sequence[Checked], given: Iterable[str], options: Callable[[str], Options]
) -> tuple[list[Source], list[Checked]]:
    """The sources with their own findings. A file in which others found something is added if it is missing. If the run
    was not asked to look at it, its fixes are only displayed."""
    kept: list[Source] = list(sources)
    found: list[Checked] = [own(source, one) for source, one in zip(sources, checked, strict=True)]
    places = {source.path: index for index, source in enumerate(kept)}
    asked = frozenset(given)
    for one in _elsewhere(sources, checked):
        if one.path not in places:
            content = content_of(one.path)
            if content is None:
                continue
            places[one.path] = len(kept)
            kept.append(Source(one.path, content, options(one.path)))
            found.append(Examined(()))
        index = places[one.path]
        into, rules = found[index], kept[index].options.rules
        if isinstance(into, Examined) and (rules is None or one.rule in rules):
            shown = one if one.path in asked else _only_shown(one)
            found[index] = _with(into, shown)
    return kept, found


def own(source: Source, checked: Checked) -> Checked:
    """The outcome of a source without findings in other files."""
    if isinstance(checked, Failure):
        return checked
    mine = tuple(one for one in checked.diagnostics if one.path == source.path)
    return replace(checked, diagnostics=mine)


def _elsewhere(sources: Sequence[Source], checked: Sequence[Checked]) -> Iterable[Diagnostic]:
    for source, one in zip(sources, checked, strict=True):
        if isinstance(one, Examined):
            yield from (each for each in one.diagnostics if each.path != source.path)


def _only_shown(diagnostic: Diagnostic) -> Diagnostic:
    fixes = tuple(replace(fix, applicability=Applicability.DISPLAY) for fix in diagnostic.fixes)
    return replace(diagnostic, fixes=fixes)


def _with(examined: Examined, further: Diagnostic) -> Examined:
    if any((one.code, one.range) == (further.code, further.range) for one in examined.diagnostics):
        return examined
    diagnostics = sorted((*examined.diagnostics, further), key=lambda one: (one.range.order, one.code))
    return replace(examined, diagnostics=tuple(diagnostics))
