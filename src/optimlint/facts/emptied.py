"""Groups that are empty because their iterator was read before, and what they would be if it were a list."""

from dataclasses import replace

from optimlint.facts import FileFacts
from optimlint.facts.coverage import coverage
from optimlint.facts.groups import ExhaustedStream, GroupList, ParamGroup


def would_overlap(stream: ExhaustedStream, facts: FileFacts) -> bool:
    """Whether a list in place of the iterator puts parameters in two groups: torch takes an empty group and refuses
    such groups."""
    return any(_overlaps(groups) for groups in facts.group_lists if any(_reads(one, stream) for one in groups.groups))


def _overlaps(groups: GroupList) -> bool:
    filled = tuple(replace(group, is_exhausted=False) for group in groups.groups)
    return any(one.overlap is not None for one in coverage(filled))


def _reads(group: ParamGroup, stream: ExhaustedStream) -> bool:
    """Whether the group is empty for want of this iterator."""
    own, place = group.range, stream.range
    is_inside = own.cell == place.cell and own.start <= place.start and place.end <= own.end
    return group.is_exhausted and (is_inside or any(part.source_range == place for part in group.parts))
