"""Gradients are clipped while they are still multiplied by the loss scale.

## Why it matters
A `GradScaler` multiplies the loss, and with it all gradients, by a large factor (65,536 at first). `scaler.step()`
divides the gradients by this factor again. A clip between the two compares its limit with gradients that are too large
by that factor. Nearly every step is then clipped to a norm of the limit divided by the scale, and the model hardly
moves.

## Example
```python
scaler.scale(loss).backward()
torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
scaler.step(optimizer)
scaler.update()
```

## Use instead
```python
scaler.scale(loss).backward()
scaler.unscale_(optimizer)
torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
scaler.step(optimizer)
scaler.update()
```

## Fix safety
Safe where the clip and the step are in one block, so that the gradients are unscaled once for each step. torch raises
an error if they are unscaled twice. Elsewhere, as where the gradients of several batches are added up, the fix is only
shown.

## Known limits
The rule is silent where the scaler is created as disabled, where a call that cannot be followed gets the scaler or the
optimizer, and where the limit is multiplied by the scale. It is also silent about the clipping functions of Accelerate,
Fabric and other frameworks, which unscale the gradients themselves.
"""

from collections.abc import Iterator

from optimlint.analysis.training.clips import ScaledClip, idle_clips, scaled_clips
from optimlint.analysis.training.edits import insert_before
from optimlint.analysis.training.places import once_each
from optimlint.diagnostic import Applicability, Finding, Fix, Related, Severity
from optimlint.facts import FileFacts
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each clip of scaled gradients, except clips without any effect."""
    idle = {one.clip.range for routine in facts.training for one in idle_clips(routine)}
    yield from map(_finding, once_each(facts.training, scaled_clips, lambda one: one.clip.range, idle))


def _finding(one: ScaledClip) -> Finding:
    scaler, optimizer = one.backward.scalers[0].text, one.step.subjects[0].text
    related = [Related(one.backward.range, "the loss is scaled here")]
    if one.late is not None:
        related.append(Related(one.late.range, "the gradients are unscaled only here"))
    return Finding(
        one.clip.range,
        f"the gradients are clipped before `{scaler}.unscale_({optimizer})`: the limit is compared with gradients that "
        "are multiplied by the loss scale",
        related=tuple(related),
        fixes=tuple(_fixes(one)),
    )


def _fixes(one: ScaledClip) -> Iterator[Fix]:
    scaler, optimizer, statement = one.backward.scalers[0], one.step.subjects[0], one.clip.statement
    if statement is None or not one.clip.is_own or not (scaler.has_name and optimizer.has_name):
        return
    line = f"{scaler.text}.unscale_({optimizer.text})"
    is_once = one.clip.turns == one.step.turns and not one.is_ever_unscaled
    applicability = Applicability.SAFE if is_once else Applicability.DISPLAY
    yield Fix(f"Put `{line}` above the clip", (insert_before(statement, line),), applicability)


RULE = Rule("clip-scaled-gradients", "OPT403", check, docs=__doc__ or "", severity=Severity.WARNING, since="0.2.0")
