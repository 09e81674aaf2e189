"""What the optimizers of sources get, computed in worker processes, so that no file can end the run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from optimlint.diagnostic import START
from optimlint.effective import EffectiveOptimizer, effective_optimizers, moved
from optimlint.notebook.files import is_in_parts, read_any, sources_of
from optimlint.repository.repository import Repository
from optimlint.text import Unparseable
from optimlint.workspace.discover import Walk
from optimlint.workspace.outcome import Failure, FailureKind
from optimlint.workspace.repositories import Ground, around, set_up_repositories
from optimlint.workspace.worker import Source
from optimlint.workspace.worker_pool import KINDS, Lost, Pool


@dataclass(frozen=True, slots=True)
class Seen:
    """The optimizers of a source, and what of it could not be read."""

    optimizers: tuple[EffectiveOptimizer, ...] = ()
    unread: tuple[Unparseable, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundOptimizer:
    """An optimizer and the absolute path of the file that constructs it."""

    path: str
    optimizer: EffectiveOptimizer


def find_optimizers(
    sources: Sequence[Source], walk: Walk, timeout: float
) -> tuple[list[FoundOptimizer], list[Failure]]:
    """The optimizers of the sources, in order, and the failures."""
    paths = tuple(source.path for source in sources)
    ground = Ground(paths, walk.respects_gitignore)
    with Pool(1, timeout, partial(set_up_repositories, ground)) as pool:
        seen = dict(pool.map(look, sources))
    found: list[FoundOptimizer] = []
    failures: list[Failure] = []
    for index, source in enumerate(sources):
        match seen[index]:
            case Seen(optimizers, unread):
                found += [FoundOptimizer(source.path, optimizer) for optimizer in optimizers]
                failures += [_not_read(source, one) for one in unread]
            case Lost(loss, reason):
                failures.append(Failure(source.path, KINDS[loss], reason))
    return found, failures


def _not_read(source: Source, unread: Unparseable) -> Failure:
    if unread.is_own_fault:
        return Failure(source.path, FailureKind.BROKEN, unread.reason)
    is_part = unread.range != START and is_in_parts(source.content, source.path)
    kind = FailureKind.CELL_LEFT_OUT if unread.range.cell or is_part else FailureKind.NOT_PARSED
    return Failure(source.path, kind, unread.reason, at=unread.range)


def look(source: Source) -> Seen:
    """The optimizers of a source, in the repository that this process finds around it."""
    return look_in(source, around(source.path))


def look_in(source: Source, repository: Repository) -> Seen:
    """The optimizers of a source in a repository."""
    facts = read_any(source.content, source.path, replace(source.options, reads_all=True), repository)
    if isinstance(facts, Unparseable):
        return Seen(unread=(facts,))
    optimizers = tuple(
        moved(optimizer, place) for part, place in sources_of(facts) for optimizer in effective_optimizers(part)
    )
    return Seen(optimizers, facts.unread)
