"""What optimizers get, as text for people and as JSON for tools."""

import json
from dataclasses import dataclass
from io import StringIO
from math import isfinite
from typing import TYPE_CHECKING

from optimlint.cli.report.groups_live import print_pair, print_rest
from optimlint.diagnostic import Position, Range
from optimlint.effective import EffectiveGroup, EffectiveOptimizer, EffectiveSetting, Origin, UnusedGroups
from optimlint.facts.groups import Number
from optimlint.live.beside import pairs
from optimlint.workspace.display import visible
from optimlint.workspace.optimizer_groups import FoundOptimizer
from optimlint.workspace.paths import shown

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from optimlint.live import Report as LiveReport


@dataclass(frozen=True, slots=True)
class TextLayout:
    """Layout of the text: `folder` that paths are relative to, width in columns, colours."""

    folder: str
    width: int = 80
    is_colored: bool = False


def text_report(found: list[FoundOptimizer], layout: TextLayout, live: "LiveReport | None" = None) -> str:
    """One paragraph per optimizer: its place, a table of its groups, and what it does not get; with `live` also what
    the run had instead."""
    if not found and live is None:
        return ""
    from rich.console import Console  # rich loads here, when there is something to set

    written = StringIO()
    console = Console(
        file=written,
        width=layout.width,
        force_terminal=layout.is_colored,
        color_system="standard" if layout.is_colored else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    met = pairs([one.optimizer for one in found], live.optimizers) if live else ()
    for index, one in enumerate(found):
        if index:
            console.print()
        _print_optimizer(console, one, layout)
        if live:
            print_pair(console, next((pair for pair in met if pair.static == index), None), live)
    if live:
        print_rest(console, {pair.live for pair in met}, live, is_first=not found)
    return "".join(f"{line.rstrip()}\n" for line in written.getvalue().splitlines())


def json_report(found: list[FoundOptimizer], live: "LiveReport | None" = None) -> str:
    """The same as JSON. The docstring of the command describes its shape."""
    objects = [_optimizer_object(one) for one in found]
    if live is not None:
        met = {pair.static: pair for pair in pairs([one.optimizer for one in found], live.optimizers)}
        for index, one in enumerate(objects):
            pair = met.get(index)
            one["live"] = {"optimizer": pair.live, "differences": list(pair.differences)} if pair else None
    return json.dumps(objects, indent=2) + "\n"


def _print_optimizer(console: "Console", found: FoundOptimizer, layout: TextLayout) -> None:
    from rich.padding import Padding
    from rich.text import Text

    optimizer = found.optimizer
    name = optimizer.qualified_name or optimizer.name
    kept = f", kept in `{optimizer.place}`" if optimizer.place else ""
    header = Text.assemble((f"{_place(found.path, optimizer.range, layout)}: ", "bold"), (visible(name), "bold cyan"))
    console.print(header + visible(kept), soft_wrap=True)
    for index, groups in enumerate(optimizer.choices):
        if len(optimizer.choices) > 1:
            console.print(f"  on one path ({index + 1} of {len(optimizer.choices)})")
        console.print(_table(groups) if groups else "  no groups")
    if not optimizer.is_certain:
        console.print("  not certain: something cannot be followed")
    console.print(Padding(Text(f"in no group: {_in_no_group(optimizer)}"), (0, 0, 0, 2)))
    for unused in optimizer.unused:
        named = f"`{visible(unused.place)}`, " if unused.place else ""
        title = f"built and not used: {named}{_line(unused.range)}"
        console.print(Padding(Text(title, "yellow"), (0, 0, 0, 2)))
        console.print(_table(unused.groups))


def _table(groups: tuple[EffectiveGroup, ...]) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for title, share in (("  group", None), ("parameters", 3), ("weight decay", 2), ("lr", 2)):
        table.add_column(title, ratio=share, overflow="fold")
    for index, group in enumerate(groups):
        added = " (added later)" if group.is_added else ""
        table.add_row(
            f"  {index}",
            Text(visible(group.parameters) + added),
            Text(_setting_text(group.weight_decay)),
            Text(_setting_text(group.learning_rate)),
        )
    return table


def _setting_text(setting: EffectiveSetting) -> str:
    """`0.01 (default)`, `config.lr (call)`, `unknown`."""
    said = visible(setting.text)
    return said if setting.origin in (Origin.UNKNOWN, Origin.ABSENT) else f"{said} ({setting.origin.value})"


def _in_no_group(optimizer: EffectiveOptimizer) -> str:
    left_out = optimizer.left_out
    if left_out.is_certain:
        models = ", ".join(f"`{model}`" for model in left_out.models)
        none = f"no parameter of {models}" if models else "nothing"
        return visible("; ".join(left_out.words) or none)
    return visible("; ".join((*left_out.words, "perhaps others"))) if left_out.words else "unknown"


def _place(path: str, range: Range, layout: TextLayout) -> str:
    cell = f"cell {range.cell}:" if range.cell else ""
    return f"{shown(path, layout.folder)}:{cell}{range.start.line}:{range.start.column}"


def _line(range: Range) -> str:
    return f"cell {range.cell}, line {range.start.line}" if range.cell else f"line {range.start.line}"


def _optimizer_object(found: FoundOptimizer) -> dict[str, object]:
    optimizer = found.optimizer
    return {
        "filename": found.path,
        **_range_object(optimizer.range),
        "optimizer": optimizer.qualified_name,
        "callee": optimizer.name,
        "place": optimizer.place,
        "choices": [[_group_object(group) for group in groups] for groups in optimizer.choices],
        "certain": optimizer.is_certain,
        "in_no_group": list(optimizer.left_out.words),
        "in_no_group_certain": optimizer.left_out.is_certain,
        "in_no_group_of": list(optimizer.left_out.models),
        "unused": [_unused_object(unused) for unused in optimizer.unused],
    }


def _unused_object(unused: UnusedGroups) -> dict[str, object]:
    groups = [_group_object(group) for group in unused.groups]
    return {"place": unused.place, **_range_object(unused.range), "groups": groups}


def _group_object(group: EffectiveGroup) -> dict[str, object]:
    return {
        **_range_object(group.range),
        "parameters": group.parameters,
        "readable": group.is_readable,
        "added": group.is_added,
        "weight_decay": _setting_object(group.weight_decay),
        "lr": _setting_object(group.learning_rate),
    }


def _setting_object(setting: EffectiveSetting) -> dict[str, object]:
    value = setting.value.value if isinstance(setting.value, Number) and isfinite(setting.value.value) else None
    return {"value": value, "text": setting.text, "origin": setting.origin.value}


def _range_object(range: Range) -> dict[str, object]:
    return {
        "cell": range.cell,
        "location": _position_object(range.start),
        "end_location": _position_object(range.end),
    }


def _position_object(position: Position) -> dict[str, int]:
    return {"row": position.line, "column": position.column}
