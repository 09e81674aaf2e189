"""Parameters are stored where `parameters()` does not find them, so nothing trains, saves or moves them.

## Why it matters

torch registers a `Parameter` or a module when it is assigned to an attribute of a module. The value of
`nn.Parameter(…).to(device)` is neither: a method or arithmetic makes a plain tensor of the parameter. And in a list, a
tuple or a dict torch does not look for parameters. Such parameters take part in the forward pass and get gradients. But
they are not in `parameters()`, so no optimizer trains them. They are not in `state_dict()`, so they are lost when the
model is loaded. `model.to(device)` does not move them. Nothing fails.

## Example

```python
class Gate(nn.Module):
    def __init__(self, width, device):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(width)).to(device)
        self.heads = [nn.Linear(width, 1) for _ in range(4)]
```

## Use instead

```python
class Gate(nn.Module):
    def __init__(self, width, device):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(width).to(device))
        self.heads = nn.ModuleList([nn.Linear(width, 1) for _ in range(4)])
```

## Fix safety

Safe where the parameter is only moved to a device: the fix moves the call inside the brackets, so that the attribute is
a parameter. Unsafe for arithmetic and other methods: the result is then the value that is trained. For a collection the
fix, a container of torch, is only shown, since it changes the names in `state_dict()`.

## Known limits

Only classes that are known to be modules of torch are checked. A base class in another file is judged by its name. The
rule is silent

- where the parameter is meant to be frozen (`requires_grad=False`, `.detach()`, run under `no_grad`),
- where the class registers something under a computed name (`setattr`, `add_module`),
- where a container, an optimizer or another object gets the collection,
- for a list with a single module, which is a way to hide a module on purpose.
"""

from collections.abc import Iterator

from optimlint.diagnostic import Applicability, Edit, Finding, Fix, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.modules import Hiding, Move, Unregistered
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each attribute that holds parameters without registering them."""
    for one in facts.unregistered:
        if one.exposed is not None and facts.elsewhere.is_used(one.exposed):
            continue
        yield _of_tensor(one) if one.hiding is Hiding.ANOTHER_TENSOR else _of_collection(one)


def _of_tensor(one: Unregistered) -> Finding:
    name = f"`self.{one.attribute}`" if one.attribute else "the attribute"
    return Finding(
        one.range,
        f"{name} is no parameter: `{one.does}` makes another tensor of it, which is neither in `parameters()` nor in "
        "`state_dict()`, so no optimizer trains it",
        related=(Related(one.made[0], "the parameter is made here and kept nowhere"),),
        fixes=_inside(one.move) if one.move is not None else (),
    )


def _inside(move: Move) -> tuple[Fix, ...]:
    """Move the code around the parentheses into them."""
    before = move.inside.part(move.inside.start, move.inside.start)
    after = move.inside.part(move.inside.end, move.inside.end)
    opening, closing = ("", "") if move.is_atom else ("(", ")")
    edits = (
        Edit(move.before, ""),
        Edit(before, move.before_text + opening),
        Edit(after, closing + move.after_text),
        Edit(move.after, ""),
    )
    told = tuple(edit for edit in edits if edit.text or edit.range.start != edit.range.end)
    title = "Move the tensor before it becomes a parameter" if move.is_device else "Make the result the parameter"
    return (Fix(title, told, Applicability.SAFE if move.is_device else Applicability.UNSAFE),)


def _of_collection(one: Unregistered) -> Finding:
    what = "parameters" if one.holds_parameters else "modules"
    held = "the parameters" if one.holds_parameters else "the parameters of the modules"
    return Finding(
        one.range,
        f"`self.{one.attribute}` is a plain collection of {what}: {held} in it are neither in `parameters()` nor in "
        "`state_dict()`, so no optimizer trains them",
        related=tuple(Related(place, f"this is never registered in `{one.owner}`") for place in one.made),
        fixes=_container(one),
    )


def _container(one: Unregistered) -> tuple[Fix, ...]:
    """Wrap the collection in a torch container, or replace an empty one."""
    if one.display is None:
        return ()
    place, start, end = one.display, one.display.start, one.display.end
    is_empty = not one.display_text.strip("[] \t\r\n")
    opening = Edit(place.part(start, start if not is_empty else end), f"{one.container}({')' if is_empty else ''}")
    closing = () if is_empty else (Edit(place.part(end, end), ")"),)
    return (Fix(f"Keep them in `{one.container}`", (opening, *closing), Applicability.DISPLAY),)


RULE = Rule("unregistered-parameter", "OPT301", check, docs=__doc__ or "", severity=Severity.ERROR, since="0.2.0")
