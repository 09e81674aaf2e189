"""The live view: the contents of an optimizer at run time, and the problems with them.

    from optimlint import live

    print(live.report(optimizer, model))
    assert not live.check(optimizer, model)

- `report(optimizers, models=()) -> Report` inspects one or several optimizers, and one or several models. A `Report`
  is a plain value: `str` makes it a text, rich prints it as a table, a notebook shows it as HTML, and `to_json()`
  serializes it for tools.
- `check(optimizers, models=(), ignore=()) -> list[Problem]` returns the problems, for an assertion in a test.
- `LightningCheck()` and `TrainerCheck()` are callbacks for Lightning and for the Hugging Face Trainer that do this
  when training begins.

torch is never imported here: optimizers, models and tensors are recognized by their methods (`protocols`).
"""

TYPE_CHECKING = False  # As type checkers know it; `typing` itself would double the time of this import.

if TYPE_CHECKING:
    from optimlint.live.callbacks import LightningCheck, ProblemsFound, TrainerCheck
    from optimlint.live.look import check, report
    from optimlint.live.values import Group, LiveOptimizer, Parameter, Problem, ProblemKind
    from optimlint.live.view import Report

__all__ = [
    "Group",
    "LightningCheck",
    "LiveOptimizer",
    "Parameter",
    "Problem",
    "ProblemKind",
    "ProblemsFound",
    "Report",
    "TrainerCheck",
    "check",
    "report",
]

_HOMES = {
    "callbacks": ("LightningCheck", "ProblemsFound", "TrainerCheck"),
    "look": ("check", "report"),
    "view": ("Report",),
    "values": ("Group", "LiveOptimizer", "Parameter", "Problem", "ProblemKind"),
}
"""The public names by the modules that define them, imported on first access."""


def __getattr__(name: str) -> object:
    from importlib import import_module

    for module, names in _HOMES.items():
        if name in names:
            value: object = getattr(import_module(f"optimlint.live.{module}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
