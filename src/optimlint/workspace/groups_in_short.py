"""What an optimizer gets in one line, for people."""

from collections.abc import Callable, Iterable, Iterator

from optimlint.effective import EffectiveGroup, EffectiveOptimizer, EffectiveSetting, Origin
from optimlint.workspace.display import count, visible

_MOST_VALUES = 4
"""How many values of one setting are shown."""


def in_short(optimizer: EffectiveOptimizer) -> str:
    """An optimizer in one line."""
    name = (optimizer.qualified_name or optimizer.name).rpartition(".")[2]
    return f"{visible(name)}: {' · '.join(_parts(optimizer))}"


def _parts(optimizer: EffectiveOptimizer) -> Iterator[str]:
    numbers = sorted({len(groups) for groups in optimizer.choices})
    yield count(numbers[0], "group") if len(numbers) == 1 else f"{' or '.join(map(str, numbers)) or 'no'} groups"
    groups = [group for choice in optimizer.choices for group in choice]
    if decay := _values(groups, lambda group: group.weight_decay):
        yield f"decay {decay}"
    if rate := _values(groups, lambda group: group.learning_rate):
        yield f"lr {rate}"
    if optimizer.left_out.words:
        yield f"in no group: {visible('; '.join(optimizer.left_out.words))}"
    if optimizer.unused:
        yield f"{count(len(optimizer.unused), 'list')} of groups not used"
    if not optimizer.is_certain:
        yield "not certain"


def _values(groups: Iterable[EffectiveGroup], setting: Callable[[EffectiveGroup], EffectiveSetting]) -> str:
    """The different values of a setting, in the order of the groups; nothing where no group has one."""
    settings = [setting(group) for group in groups]
    texts = dict.fromkeys(visible(one.text) for one in settings if one.origin is not Origin.ABSENT)
    listed = list(texts)[:_MOST_VALUES]
    return " / ".join([*listed, "…"] if len(texts) > _MOST_VALUES else listed)
