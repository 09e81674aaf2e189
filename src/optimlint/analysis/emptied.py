"""Groups and clips that get no parameters because a one-shot iterator was exhausted before, and the fix that turns it
into a list."""

from collections.abc import Iterator
from dataclasses import replace

from optimlint.analysis.coverage import coverage
from optimlint.diagnostic import Applicability, Edit, Fix, Related
from optimlint.facts import FileFacts
from optimlint.facts.groups import ExhaustedStream, GroupList, ParamGroup
from optimlint.facts.training import Act, Event


def readings_of(stream: ExhaustedStream) -> tuple[Related, ...]:
    """The places that explain an exhausted iterator: where it is created, and where it is first consumed."""
    return (
        Related(stream.made, "the iterator is created here and can be read only once"),
        Related(stream.first, "it is consumed here"),
    )


def fixes_of(stream: ExhaustedStream, facts: FileFacts) -> tuple[Fix, ...]:
    """The fix that turns the iterator into a list; none if the optimizer would then refuse the groups."""
    return () if _would_overlap(stream, facts) else (_as_list(stream),)


def _would_overlap(stream: ExhaustedStream, facts: FileFacts) -> bool:
    """Whether a list in place of the iterator would put parameters in two groups. torch accepts an empty group but
    refuses overlapping groups."""
    return any(_overlaps(groups) for groups in facts.group_lists if any(_reads(one, stream) for one in groups.groups))


def _overlaps(groups: GroupList) -> bool:
    filled = tuple(replace(group, is_exhausted=False) for group in groups.groups)
    return any(one.overlap is not None for one in coverage(filled))


def _reads(group: ParamGroup, stream: ExhaustedStream) -> bool:
    """Whether the group is empty because it reads this iterator."""
    own, place = group.range, stream.range
    is_inside = own.cell == place.cell and own.start <= place.start and place.end <= own.end
    return group.is_exhausted and (is_inside or any(part.source_range == place for part in group.parts))


def emptied_clips(facts: FileFacts) -> Iterator[tuple[ExhaustedStream, Event]]:
    """The clips whose iterator of parameters is already exhausted."""
    clips = {event.range: event for routine in facts.training for event in routine.of(Act.CLIP)}
    for stream in facts.exhausted_streams:
        for clip in clips.values():
            if clip.range.cell == stream.range.cell and clip.range.start <= stream.range.start <= clip.range.end:
                yield stream, clip
                break


def _as_list(stream: ExhaustedStream) -> Fix:
    """The fix that turns the iterator into a list where it is created."""
    before = stream.made.part(stream.made.start, stream.made.start)
    after = stream.made.part(stream.made.end, stream.made.end)
    if _is_in_parentheses(stream.made_text):
        edits: tuple[Edit, ...] = (Edit(before, "list"),)
    else:
        edits = (Edit(before, "list("), Edit(after, ")"))
    applicability = Applicability.UNSAFE if stream.is_awaited else Applicability.SAFE
    return Fix("Make it a list", edits, applicability)


def _is_in_parentheses(text: str) -> bool:
    """Whether one pair of parentheses encloses the whole text, like those of a generator expression."""
    if not text.startswith("("):
        return False
    depth = 0
    for index, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if depth == 0:
            return index == len(text) - 1
    return False
