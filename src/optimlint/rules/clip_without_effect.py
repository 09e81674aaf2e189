"""Gradients are clipped at a point where the clip affects no step.

## Why it matters
Clipping changes the gradients that exist at that moment. Before `backward()` there are none, or only zeros. After
`step()` they have been used and are zeroed next. An iterator of parameters that was read before is empty, so nothing is
clipped. In each case the line runs, but large gradients reach the optimizer as they are.

## Example
```python
optimizer.zero_grad()
loss.backward()
optimizer.step()
torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
```

## Use instead
```python
optimizer.zero_grad()
loss.backward()
torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
optimizer.step()
```

## Fix safety
Only shown where the clip has to move: the limit takes effect, training changes, and the limit may have to change, too.
Where the iterator is empty, the fix makes it a list where it is created, and is safe unless other code than groups,
optimizers and clips reads it, too.

## Known limits
The rule is silent where the order of the calls in a round is not known:

- several optimizers whose parameters are not known,
- calls that cannot be followed and get the optimizer or the model,
- gradients that are read or set by hand.

A clip with an infinite limit only measures the norm and is not reported.
"""

from collections.abc import Iterator

from optimlint.analysis.emptied import emptied_clips, fixes_of, readings_of
from optimlint.analysis.training.clips import Idle, IdleClip, idle_clips
from optimlint.analysis.training.edits import insert_before, removal
from optimlint.analysis.training.places import once_each
from optimlint.diagnostic import Applicability, Finding, Fix, Range, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.training import Trait
from optimlint.rule import Rule

_SAYS = {
    Idle.BEFORE_BACKWARD: "the gradients are clipped before `backward()` computes them: there is nothing to clip",
    Idle.AFTER_STEP: "the gradients are clipped after the step that used them, and zeroed next: no step is affected",
}
_SHOWS = {Idle.BEFORE_BACKWARD: "they are zeroed here", Idle.AFTER_STEP: "the step is made here"}


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each clip that has no effect."""
    reported: set[Range] = set()
    for stream, clip in emptied_clips(facts):
        reported.add(clip.range)
        yield Finding(
            clip.range,
            f"`{stream.place}` is already consumed above: this clips no gradients",
            related=readings_of(stream),
            fixes=fixes_of(stream, facts),
        )
    yield from map(_finding, once_each(facts.training, idle_clips, lambda one: one.clip.range, reported))


def _finding(one: IdleClip) -> Finding:
    related = (Related(one.before.range, _SHOWS[one.why]),)
    return Finding(one.clip.range, _SAYS[one.why], related=related, fixes=tuple(_fixes(one)))


def _fixes(one: IdleClip) -> Iterator[Fix]:
    clip, step = one.clip, one.step
    if (
        Trait.BY_HAND in clip.traits
        or clip.statement is None
        or step.statement is None
        or clip.through != step.through
        or clip.turns != step.turns
    ):
        return
    edits = (removal(clip.statement), insert_before(step.statement, clip.statement.code))
    yield Fix("Clip between `backward()` and the step", edits, Applicability.DISPLAY)


RULE = Rule("clip-without-effect", "OPT404", check, docs=__doc__ or "", severity=Severity.WARNING, since="0.2.0")
