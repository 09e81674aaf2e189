"""Hide findings that are known from a baseline or an older revision."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from optimlint.cli.adoption.baseline import Baseline, Entry, RunScope
from optimlint.cli.adoption.options import Adoption
from optimlint.cli.adoption.since_revision import Since
from optimlint.cli.report.located import failure_text
from optimlint.workspace.attribution import Checked
from optimlint.workspace.display import count, visible
from optimlint.workspace.engine import Plan
from optimlint.workspace.paths import shown
from optimlint.workspace.worker import Source


@dataclass(frozen=True, slots=True)
class Aftermath:
    """The messages about known findings after a run: errors, which fail the run, and notes."""

    errors: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def has_failed(self) -> bool:
        return bool(self.errors)


class Known:
    """The baseline and the revision that a run is compared with, if any."""

    __slots__ = ("_adoption", "_baseline", "_folder", "_since")

    def __init__(self, adoption: Adoption, folder: str, plan: Plan) -> None:
        self._adoption = adoption
        self._folder = folder
        self._baseline = (
            None if adoption.baseline is None else Baseline(adoption.baseline, is_written=adoption.writes_baseline)
        )
        self._since = None if adoption.since is None else Since(adoption.since, folder, plan)

    def keep(self, sources: Sequence[Source], checked: Sequence[Checked]) -> list[Checked]:
        """The outcomes without known findings. The baseline sees all findings, so that it can tell which entries are
        stale."""
        kept = list(checked)
        for known in (self._baseline, self._since):
            if known is not None:
                kept = known.keep(sources, kept)
        return kept

    def finish(self, scope: RunScope) -> Aftermath:
        """Write the baseline if asked, and report the result of the comparison."""
        errors: list[str] = []
        notes: list[str] = []
        if self._baseline is not None and self._adoption.writes_baseline:
            written = count(self._baseline.write(scope), "finding")
            notes.append(f"Wrote {written} to {visible(self._adoption.baseline or '')}")
        elif self._baseline is not None:
            stale = [f"stale entry of the baseline: {self._shown(entry)}" for entry in self._baseline.stale(scope)]
            errors, notes = (stale, []) if self._fails_on_stale() else ([], stale)
            notes += self._told(self._baseline, len(stale))
        if self._since is not None:
            notes += self._told_since(self._since)
        return Aftermath(tuple(errors), tuple(notes))

    def _fails_on_stale(self) -> bool:
        if self._adoption.fails_on_stale is not None:
            return self._adoption.fails_on_stale
        return os.environ.get("CI", "").lower() not in ("", "0", "false")

    def _shown(self, entry: Entry) -> str:
        return f"{visible(entry.path)}: {visible(entry.rule)}: {visible(entry.message)}"

    def _told(self, baseline: Baseline, stale: int) -> Iterator[str]:
        if baseline.known:
            yield f"{count(baseline.known, 'finding')} hidden by the baseline"
        if stale:
            entries = "1 stale entry" if stale == 1 else f"{stale:,} stale entries"
            yield f"The baseline has {entries}; --write-baseline removes what is stale, and adds what is new"

    def _told_since(self, since: Since) -> Iterator[str]:
        assert self._adoption.since is not None
        name = visible(self._adoption.since)
        for failure in since.unread:
            where = f"{shown(failure.path, self._folder)} at {name}"
            yield f"{where}: {failure_text(failure)}; what could not be read of it counts as new"
        if since.hidden:
            yield f"{count(since.hidden, 'finding')} hidden, which {name} has already"
