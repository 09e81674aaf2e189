"""The report, with its output formats."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimlint.live.values import LiveOptimizer, Parameter, Problem

if TYPE_CHECKING:
    from rich.console import RenderableType


@dataclass(frozen=True, slots=True)
class Report:
    """The contents of optimizers and the problems with them. `models` are the classes of the models that were
    passed."""

    optimizers: tuple[LiveOptimizer, ...]
    models: tuple[str, ...]
    trainable: tuple[Parameter, ...]
    problems: tuple[Problem, ...]

    def __str__(self) -> str:
        from optimlint.live.text import text

        return text(self)

    def __rich__(self) -> "RenderableType":
        from optimlint.live.rich_table import renderable

        return renderable(self)

    def _repr_html_(self) -> str:
        from optimlint.live.html import html

        return html(self)

    def to_json(self) -> str:
        """The report as JSON for tools, such as `optimlint groups FILE --live report.json`."""
        from optimlint.live.written import to_json

        return to_json(self)
