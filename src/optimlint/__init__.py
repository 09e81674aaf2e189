"""optimlint finds parameter groups that never reach the optimizer, or reach it wrong.

    from optimlint import Applicability, check_source, fix_source

    found = check_source(text, "train.py")
    for diagnostic in found:
        print(diagnostic.range.start.line, diagnostic.rule, diagnostic.message)
    text = fix_source(text, found, Applicability.UNSAFE).text

Functions:

- `check_source(source, path="<string>", options=Options(), repository=ALONE) -> list[Diagnostic]` checks Python, as
  text or as bytes (decoded by byte-order mark or coding cookie).
- `check_notebook(source, path="<notebook>", options=Options(), repository=ALONE) -> list[Diagnostic]` checks the JSON
  of a Jupyter notebook.
- `fix_source(text, diagnostics, applicability=Applicability.SAFE) -> Fixed` and
  `fix_notebook(source, diagnostics, applicability=Applicability.SAFE) -> Fixed` apply the fixes of such diagnostics.
- `raw_lines(source) -> dict[int, tuple[int, ...]]` maps each code cell of a notebook to the line of the file
  for each of its lines.

All results are plain data: frozen, comparable, picklable, without syntax nodes. A `Diagnostic` has `path`, `range`,
`cell`, `rule` (the name), `code`, `severity`, `message`, `related` (a tuple of `Related`, the evidence) and `fixes` (a
tuple of `Fix`, the preferred one first, each with a `title`, `edits` and an `Applicability`). A `Range` is half-open: a
`start` and an `end`, each a `Position` of 1-based `line` and `column` in code points, and in a notebook the 1-based
number of the `cell`. Diagnostics are sorted by position. A `Fixed` has the `text` after the fixes and the diagnostics
`applied` and `skipped`.

No content of a source makes these functions raise. Code that cannot be read or parsed gives a diagnostic of the rule
`unparseable`, and a rule that raises gives one of the rule `internal-error`. The functions access no files, environment
or clock by themselves, and give equal output for equal input in any process. Arguments of other types raise `TypeError`
or `AttributeError`.

`RULES` holds every rule; `Options(rules=frozenset({"bypassed-param-groups"}))` selects some by name. A
`Repository(root, sources)` reads the other files that a finding may depend on, by absolute path, from its `Sources`:
`Texts({"/home/me/repo/train.py": b"…"})`, or any object with the same methods. By default each source is checked alone.
"""

TYPE_CHECKING = False  # Type checkers know this name. Importing `typing` would double the import time.

if TYPE_CHECKING:
    from optimlint.check import INTERNAL_ERROR, check_source
    from optimlint.diagnostic import (
        Applicability,
        Diagnostic,
        Edit,
        Finding,
        Fix,
        Position,
        Range,
        Related,
        Severity,
    )
    from optimlint.fix import Fixed, fix_source
    from optimlint.hosts.ipython import Shell
    from optimlint.notebook import check_notebook, fix_notebook, raw_lines
    from optimlint.options import Options
    from optimlint.repository.repository import ALONE, Repository
    from optimlint.repository.sources import Sources, Texts
    from optimlint.rule import Rule
    from optimlint.rules import RULES

__version__ = "0.2.0"

__all__ = [
    "ALONE",
    "INTERNAL_ERROR",
    "RULES",
    "Applicability",
    "Diagnostic",
    "Edit",
    "Finding",
    "Fix",
    "Fixed",
    "Options",
    "Position",
    "Range",
    "Related",
    "Repository",
    "Rule",
    "Severity",
    "Sources",
    "Texts",
    "__version__",
    "check_notebook",
    "check_source",
    "fix_notebook",
    "fix_source",
    "load_ipython_extension",
    "raw_lines",
]

_HOMES = {
    "check": ("INTERNAL_ERROR", "check_source"),
    "diagnostic": (
        "Applicability",
        "Diagnostic",
        "Edit",
        "Finding",
        "Fix",
        "Position",
        "Range",
        "Related",
        "Severity",
    ),
    "fix": ("Fixed", "fix_source"),
    "notebook": ("check_notebook", "fix_notebook", "raw_lines"),
    "options": ("Options",),
    "repository.repository": ("ALONE", "Repository"),
    "repository.sources": ("Sources", "Texts"),
    "rule": ("Rule",),
    "rules": ("RULES",),
}
"""The public names by the modules that define them. They are imported on first access, so that a command that only
finds that no file can matter does not load the rules."""


def load_ipython_extension(shell: "Shell") -> None:
    """Called by IPython for `%load_ext optimlint`."""
    from optimlint.hosts.ipython import load

    load(shell)


def __getattr__(name: str) -> object:
    from importlib import import_module

    for module, names in _HOMES.items():
        if name in names:
            value: object = getattr(import_module(f"optimlint.{module}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
