"""The names of a wrapped model's parameters are tested without the prefix that the wrapper adds.

## Why it matters

`DistributedDataParallel` and `DataParallel` put `module.` in front of every parameter's name, `torch.compile` puts
`_orig_mod.`, FSDP `_fsdp_wrapped_module.`. A test such as `n.startswith("backbone.")` then matches nothing. The group
that it fills is empty, torch accepts the empty group, and its learning rate or decay is never applied. Without the
wrapper, on a single GPU, the same code is right.

## Example

```python
model = DistributedDataParallel(model)
slow = [p for n, p in model.named_parameters() if n.startswith("backbone.")]
```

## Use instead

```python
slow = [p for n, p in model.named_parameters() if n.startswith("backbone.")]
model = DistributedDataParallel(model)
```

## Fix safety

Safe where the model without the wrapper has a name of its own: the fix takes the names from there, and the parameters
are the same. Otherwise there is no fix.

## Known limits

The wrapper must be in the function that tests the names; wrapping by callers is not followed. The rule is silent where
the wrapper's prefix is in the file as a string, where the test and the wrapper are in branches that exclude each other,
and for `in` tests. `fully_shard(model)` and `model.compile()` do not change the names.
"""

from collections.abc import Iterator

from optimlint.diagnostic import Applicability, Edit, Finding, Fix, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.wrapped import WrappedTest
from optimlint.rule import Rule


def check(facts: FileFacts) -> Iterator[Finding]:
    """Report each test that no name of the wrapped model passes."""
    for one in facts.wrapped_tests:
        yield Finding(
            one.range,
            f"no name passes `{one.test}`: `{one.model}` is wrapped, so its names begin with `{one.prefix}`",
            related=(Related(one.wrapped, f"this puts `{one.prefix}` in front of every name"),),
            fixes=_fixes(one),
        )


def _fixes(one: WrappedTest) -> tuple[Fix, ...]:
    if not one.bare:
        return ()
    edit = Edit(one.receiver, one.bare)
    return (Fix(f"Take the names from `{one.bare}`", (edit,), Applicability.SAFE),)


RULE = Rule("wrapped-name-filter", "OPT108", check, docs=__doc__ or "", severity=Severity.ERROR, since="0.2.0")
