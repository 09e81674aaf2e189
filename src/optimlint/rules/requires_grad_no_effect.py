"""An assignment looks as if it freezes or unfreezes parameters, but has no effect.

## Why it matters

Python accepts any attribute. `p.requires_gard = False` gives the parameter a new attribute that nobody reads.
`model.encoder.requires_grad = False` gives one to the module, but torch reads the attribute of each parameter, never of
the module. So parameters that should be frozen are still trained and take the memory of training. Parameters that
should be trained again stay frozen.

## Example

```python
for p in model.backbone.parameters():
    p.require_grad = False
model.encoder.requires_grad = False
```

## Use instead

```python
for p in model.backbone.parameters():
    p.requires_grad = False
model.encoder.requires_grad_(False)
```

## Fix safety

Unsafe: parameters are then frozen as the code says, and training changes. The fix corrects the name, or replaces the
assignment by a call of `requires_grad_`, which sets the attribute of all parameters of the module.

## Known limits

The rule looks only at what is known to be a parameter (a loop over `parameters()`, an attribute that is an
`nn.Parameter`) or a module. It is silent

- for classes that define the attribute themselves,
- for `= True` on a module that nothing has frozen,
- where something else freezes the module, too,
- where the module runs without a gradient, or an optimizer in view leaves it out.
"""

from collections.abc import Iterator

from optimlint.diagnostic import Applicability, Edit, Finding, Fix, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.modules import Switch
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each assignment that does not switch a gradient on or off."""
    for switch in facts.switches:
        if not switch.is_parameter and (not _is_wanted(switch) or _is_left_out(switch, facts)):
            continue
        related = (
            (Related(switch.frozen, "this was meant to freeze it, but does not, either"),) if switch.frozen else ()
        )
        yield Finding(switch.range, _message(switch), related=related, fixes=_fixes(switch))


def _is_wanted(switch: Switch) -> bool:
    """Whether the assignment would have an effect if it worked: gradients of a module are on unless it was frozen."""
    return switch.turns_on is False or (switch.turns_on is True and switch.is_frozen)


def _is_left_out(switch: Switch, facts: FileFacts) -> bool:
    """Whether the known optimizers take parts of the same model but not this one."""
    model = switch.model
    if model is None or switch.turns_on is not False:
        return False
    taken = [one for call in facts.optimizer_calls for one in call.models if one.identity == model.identity]
    return bool(taken) and not any(one.contains(model) or model.contains(one) for one in taken)


def _message(switch: Switch) -> str:
    effect = {
        True: "this does not unfreeze it",
        False: "it is still trained",
        None: "its `requires_grad` stays as it is",
    }
    if switch.is_parameter:
        return (
            f"torch does not read `{switch.attribute}`: `{switch.owner}` gets a new attribute, and "
            f"{effect[switch.turns_on]}"
        )
    return (
        f"`{switch.attribute}` of the module `{switch.owner}` has no effect: torch reads it from each parameter, so "
        f"{effect[switch.turns_on]}"
    )


def _fixes(switch: Switch) -> tuple[Fix, ...]:
    if switch.is_parameter:
        edit = Edit(switch.name_range, "requires_grad")
        return (Fix("Use `requires_grad`", (edit,), Applicability.UNSAFE),)
    if switch.call is None:
        return ()
    title = "Call `requires_grad_`, which sets all of its parameters"
    return (Fix(title, (Edit(switch.call, switch.call_text),), Applicability.UNSAFE),)


RULE = Rule("requires-grad-no-effect", "OPT302", check, docs=__doc__ or "", severity=Severity.ERROR, since="0.2.0")
