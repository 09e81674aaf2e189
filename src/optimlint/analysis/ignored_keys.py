"""Group keys that nothing reads."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from optimlint.analysis.decay_settings import WEIGHT_DECAY, lists_given, takers
from optimlint.diagnostic import Range
from optimlint.facts import FileFacts
from optimlint.facts.groups import GroupList, ParamGroup, Setting
from optimlint.facts.optimizers import OptimizerCall
from optimlint.knowledge.group_keys import READ_BY_PACKAGES, is_flag, is_label, is_scheduled, synonyms


@dataclass(frozen=True, slots=True)
class IgnoredKey:
    """A key of a group that neither the optimizer constructed by `call` nor, as far as is known, anything else reads.

    `meant` is the key that the optimizer does read and that this one was probably meant to be, if there is one.
    `reader` is another construction, in another branch, that takes the same groups and reads the key or may read it.
    """

    setting: Setting
    group: ParamGroup
    groups: GroupList
    call: OptimizerCall
    meant: str | None
    reader: OptimizerCall | None = None


def ignored_keys(facts: FileFacts) -> tuple[IgnoredKey, ...]:
    """Every key that nothing reads, one for each place in the source."""
    found = {
        ignored.setting.range: ignored
        for call in facts.optimizer_calls
        for groups in lists_given(call)
        for ignored in _ignored_in(groups, call, facts)
    }
    return tuple(found.values())


def has_ignored_decay(groups: tuple[ParamGroup, ...], ignored: tuple[IgnoredKey, ...]) -> bool:
    """Whether one of the groups sets, or may mean to set, its weight decay under a key that nothing reads."""
    places = {group.range for group in groups}
    return any(one.group.range in places and one.meant in (WEIGHT_DECAY, None) for one in ignored)


def with_meant_keys(groups: GroupList, ignored: tuple[IgnoredKey, ...]) -> GroupList:
    """The list with each ignored key renamed to the key that it was meant to be."""
    meant = {one.setting.range: one.meant for one in ignored if one.meant is not None}
    return replace(groups, groups=tuple(replace(group, settings=_renamed(group, meant)) for group in groups.groups))


def _renamed(group: ParamGroup, meant: dict[Range, str]) -> tuple[Setting, ...]:
    return tuple(replace(one, key=meant.get(one.range, one.key)) for one in group.settings)


def _ignored_in(groups: GroupList, call: OptimizerCall, facts: FileFacts) -> Iterator[IgnoredKey]:
    """The keys that one construction does not read. A key that another construction of the same groups reads counts
    only if this optimizer has a key of its own for the same setting: the momentum of an `SGD` means nothing to the
    `Adam` beside it."""
    known = keys_read(call)
    if known is None:
        return
    others = [taker for taker in takers(groups, facts) if taker != call]
    for group in groups.groups:
        for setting in group.settings:
            if setting.key in known or _may_be_read(setting, facts):
                continue
            meant = meant_key(setting.key, known)
            reader = next((other for other in others if _may_read(other, setting.key)), None)
            if reader is None or meant is not None:
                yield IgnoredKey(setting, group, groups, call, meant, reader)


def keys_read(call: OptimizerCall) -> frozenset[str] | None:
    """The group keys that the optimizer reads, or the union over the optimizers that it may be; None if they are not
    known."""
    reads = [one.group_keys for one in call.candidates]
    return None if None in reads or not reads else frozenset(key for keys in reads for key in keys or ())


def _may_read(call: OptimizerCall, key: str) -> bool:
    known = keys_read(call)
    return known is None or key in known


def _may_be_read(setting: Setting, facts: FileFacts) -> bool:
    """Whether something other than the optimizer reads the key, or may."""
    key = setting.key
    is_text = setting.value_text.startswith(("'", '"'))
    return is_text or is_label(key) or is_scheduled(key) or is_flag(key) or is_read_elsewhere(key, facts)


def is_read_elsewhere(key: str, facts: FileFacts) -> bool:
    """Whether this source, or other code that can access the optimizer, reads something by this key."""
    reader = READ_BY_PACKAGES.get(key)
    if key in facts.key_reads or (reader is not None and facts.elsewhere.is_package_used(reader)):
        return True
    return facts.elsewhere.is_key_read(key)


def meant_key(key: str, known: frozenset[str]) -> str | None:
    """The known key that `key` is a misspelling or a synonym of; None if there is none."""
    plain = re.sub(r"[\s-]+", "_", key.strip().lower())
    same = next((word for word in (plain, *synonyms(plain)) if word in known), None)
    if same is not None:
        return same
    joined: dict[str, str] = {one.replace("_", ""): one for one in sorted(known)}
    close: list[str] = difflib.get_close_matches(plain.replace("_", ""), joined, n=1, cutoff=0.84)
    return joined[close[0]] if close else None
