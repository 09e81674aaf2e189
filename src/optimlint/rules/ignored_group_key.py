"""A parameter group sets a key that the optimizer does not read.

## Why it matters
An optimizer stores any key of a group, but reads only those it knows. A misspelt key, or a key of another optimizer or
of an older library, changes nothing: the group gets the optimizer's own value, without a warning. The usual one is
`weight_decay_rate`, which the early `BertAdam` read.

## Example
```python
groups = [
    {"params": decay, "weight_decay_rate": 0.1},
    {"params": no_decay, "weight_decay_rate": 0.0},
]
optimizer = torch.optim.AdamW(groups, lr=3e-5)
```

## Use instead
```python
groups = [
    {"params": decay, "weight_decay": 0.1},
    {"params": no_decay, "weight_decay": 0.0},
]
optimizer = torch.optim.AdamW(groups, lr=3e-5)
```

## Fix safety
Unsafe: the fix renames the key to the one that it resembles, and training changes as intended. It is still a guess, and
code outside of the repository that reads the old key (a scheduler of another package) would no longer find it. There is
no fix where the values would be wrong under the right key.

## Known limits
The optimizer must be a known one, or a class of the repository whose defaults and `step` can be read. Where a table or
a condition chooses between several, all must be known, and none may read the key. If two optimizers in two branches
take the same groups, each is judged separately: a key that only one of them reads is reported where the other has the
same setting under another name.

Keys that tell groups apart (`name`, or any key whose value is a string) and keys of schedulers (`initial_lr`) are not
reported. Neither is a key that is read by a file that can hold the optimizer: one that imports the groups' module, is
imported beside it, or is in the same package. A reader outside of the repository, such as a scheduler of another
package that looks for `lr_scale`, is not seen. Suppress the finding there.
"""

from collections.abc import Iterator

from optimlint.analysis.decay_settings import WEIGHT_DECAY, inherited_decay, number_text, value_in_words
from optimlint.analysis.decay_splits import is_sound
from optimlint.analysis.ignored_keys import IgnoredKey, ignored_keys, with_meant_keys
from optimlint.diagnostic import Applicability, Edit, Finding, Fix, Position, Range, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.groups import Setting
from optimlint.facts.optimizers import OptimizerCall
from optimlint.rule import Rule

_LONGEST_SHOWN = 42
_MOST_NAMED = 4


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each place that sets a group key which nothing reads."""
    every = ignored_keys(facts)
    for ignored in every:
        call, setting = ignored.call, ignored.setting
        yield Finding(
            setting.range,
            f'{_reads_not(call)} `"{setting.key}"`: {_consequence(ignored)}',
            related=(Related(call.range, "this optimizer takes the group"),),
            fixes=_fixes(ignored) if is_sound(with_meant_keys(ignored.groups, every), facts) else (),
        )


def _reads_not(call: OptimizerCall) -> str:
    """The subject of the message: one optimizer class, or the classes that the code chooses from."""
    names = tuple(dict.fromkeys(one.name for one in call.candidates)) or (call.name,)
    if len(names) == 1:
        return f"`{names[0]}` does not read"
    shown = [f"`{name}`" for name in names[:_MOST_NAMED]]
    more = [f"{len(names) - _MOST_NAMED} more"] if len(names) > _MOST_NAMED else []
    return f"none of {', '.join(shown + more)} reads"


def _consequence(ignored: IgnoredKey) -> str:
    """The consequence in words: which value is not applied, and which one is instead."""
    value = _shown(ignored.setting)
    lost = f"{value} is never applied"
    if ignored.reader is not None:
        reader = ignored.reader.optimizer
        lost = f"only `{reader.name}` applies {value}" if reader else f"it does not apply {value}"
    if ignored.meant != WEIGHT_DECAY or ignored.group.setting(WEIGHT_DECAY):
        return lost
    inherited = inherited_decay(ignored.call)
    return f"{lost}; this group decays by {number_text(inherited.value)}, {inherited.origin}" if inherited else lost


def _shown(setting: Setting) -> str:
    words = value_in_words(setting)
    return words if words.isprintable() and words.count("`") <= 2 and 0 < len(words) <= _LONGEST_SHOWN else "its value"


def _fixes(ignored: IgnoredKey) -> tuple[Fix, ...]:
    if ignored.meant is None or ignored.reader is not None or ignored.group.setting(ignored.meant):
        return ()
    if any(ignored.meant not in (one.group_keys or ()) for one in ignored.call.candidates):
        return ()
    inner = _inside_quotes(ignored.setting)
    if inner is None:
        return ()
    edit = Edit(inner, ignored.meant)
    return (Fix(f"Rename the key to `{ignored.meant}`", (edit,), Applicability.UNSAFE),)


def _inside_quotes(setting: Setting) -> Range | None:
    """The range of the key without its quotes; None if the key is not written as a plain literal or name."""
    start, end = setting.range.start, setting.range.end
    width = end.column - start.column
    if start.line != end.line or width - len(setting.key) not in (0, 2):
        return None
    if width == len(setting.key):
        return setting.range
    return setting.range.part(Position(start.line, start.column + 1), Position(end.line, end.column - 1))


RULE = Rule("ignored-group-key", "OPT203", check, docs=__doc__ or "", severity=Severity.ERROR, since="0.1.0")
