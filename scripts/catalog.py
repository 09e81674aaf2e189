"""Rebuild the catalog of optimizers (`src/optimlint/knowledge/optimizers_catalog.json`).

    python scripts/catalog.py torch             # the entries of torch.optim, from the torch that is installed
    python scripts/catalog.py sources FOLDER…   # signatures and keys read, from unpacked packages, without running them
    python scripts/catalog.py names             # only the list of names that the scan of sources looks for

The first two rewrite the file in place and leave every other entry as it was; all write the names anew.

An entry's `source` names the package, the version and how the entry was obtained: `introspected` (a class was imported,
constructed and asked for its groups) or `source` (its text was read).
"""

import ast
import importlib
import inspect
import json
import math
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

CATALOG = Path(__file__).parents[1] / "src" / "optimlint" / "knowledge" / "optimizers_catalog.json"
NAMES = CATALOG.with_name("optimizer_class_names.py")
CLASSES = frozenset({"optimizer", "wrapper"})
Entry = dict[str, str | int | float | bool | None]
"""One line of the catalog; lists of names are strings with a blank between."""
_NAMES_MODULE = '''"""The names of all optimizer classes and wrappers of the catalog. Written by scripts/catalog.py.

The catalog's own file is large. The scan of a source comes before anything else and has no time to read it.
"""

NAMES = frozenset(
    {{
{names}
    }}
)  # fmt: skip
'''
READS_OF_A_GROUP = frozenset({"group", "param_group", "g", "pg"})
"""The names under which the optimizers' own code holds a group."""


class _Constructed(Protocol):
    """As much of an optimizer as is looked at."""

    param_groups: list[dict[str, object]]


def main(arguments: list[str]) -> None:
    match arguments:
        case ["torch"]:
            found = {str(entry["name"]): entry for entry in torch_entries()}
        case ["sources", *folders] if folders:
            found = {str(entry["name"]): entry for entry in source_entries(load(), [Path(one) for one in folders])}
        case ["names"]:
            found = {}
        case _:
            sys.exit(__doc__)
    kept = [entry for entry in load() if entry["name"] not in found]
    save([*kept, *found.values()])
    NAMES.write_text(names_module(load()), "utf-8")
    print(f"{len(found)} entries rebuilt, {len(kept)} kept")


def load() -> list[Entry]:
    """The entries of the catalog as it is."""
    entries: list[Entry] = json.loads(CATALOG.read_text("utf-8"))["entries"]
    return entries


def save(entries: list[Entry]) -> None:
    """Write the catalog, an entry a line so that a difference can be read."""
    about = json.loads(CATALOG.read_text("utf-8"))["about"]
    known = [{field: value for field, value in entry.items() if value not in (None, "")} for entry in entries]
    lines = [json.dumps(entry, separators=(",", ":")) for entry in sorted(known, key=lambda one: str(one["name"]))]
    text = f'{{"about": {json.dumps(about)},\n"entries": [\n' + ",\n".join(lines) + "\n]}\n"
    CATALOG.write_text(text, "utf-8")


def class_names(entries: list[Entry]) -> list[str]:
    """The names of all classes of the catalog, without their modules."""
    paths = [
        path
        for entry in entries
        if entry["kind"] in CLASSES
        for path in (str(entry["name"]), *str(entry.get("aliases", "")).split())
    ]
    return sorted({path.rpartition(".")[2] for path in paths})


def names_module(entries: list[Entry]) -> str:
    """The text of the module that holds the names."""
    quoted = " ".join(f'"{name}",' for name in class_names(entries))
    lines = textwrap.wrap(quoted, 120, initial_indent=" " * 8, subsequent_indent=" " * 8, break_long_words=False)
    return _NAMES_MODULE.format(names="\n".join(lines))


def torch_entries() -> Iterator[Entry]:
    """The optimizers of `torch.optim`, each constructed over one small matrix and asked what its group holds."""
    torch = importlib.import_module("torch")
    optim = importlib.import_module("torch.optim")
    version = str(torch.__version__).split("+")[0]
    for name, value in sorted(vars(optim).items()):
        if not inspect.isclass(value) or not issubclass(value, optim.Optimizer) or value is optim.Optimizer:
            continue
        signature = inspect.signature(value).parameters
        parameters = [one.name for one in signature.values() if one.kind is one.POSITIONAL_OR_KEYWORD]
        construct: Callable[[list[object]], _Constructed] = getattr(optim, name)
        group = construct([torch.nn.Parameter(torch.ones(2, 2))]).param_groups[0]
        yield {
            "name": f"torch.optim.{name}",
            "aliases": _alias(value.__module__, name),
            "kind": "optimizer",
            "params": parameters[0],
            "position": 0,
            "decay": _number(group.get("weight_decay")),
            "has_decay": "weight_decay" in group,
            "keys": " ".join(sorted(set(group) - {"params"})),
            "parameters": " ".join(parameters),
            "lr": _number(signature["lr"].default),
            "source": f"torch {version}, introspected",
        }


def _alias(module: str, name: str) -> str:
    """The path by which a class can be imported besides `torch.optim`, unless that is private."""
    own = module.rpartition(".")[2]
    return "" if own.startswith("_") or module == "torch.optim" else f"{module}.{name}"


def _number(value: object) -> float | None:
    """A default value, if it is a plain finite number; a truth value is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if math.isfinite(value) else None


def source_entries(entries: list[Entry], folders: list[Path]) -> Iterator[Entry]:
    """The optimizers among `entries` whose classes stand in `folders`, with what their text says added."""
    for entry in entries:
        if entry["kind"] != "optimizer" or str(entry["name"]).startswith("torch."):
            continue
        for path in [*str(entry.get("aliases", "")).split(), str(entry["name"])]:
            found = next((one for folder in folders if (one := _find_class(folder, path))), None)
            if found is not None:
                yield entry | _described(*found, known=entry.get("keys"))
                break


def _find_class(folder: Path, path: str) -> tuple[ast.ClassDef, ast.Module] | None:
    """The class of that dotted path and its module's tree, where the folder has the module."""
    module, _, name = path.rpartition(".")
    places = [folder / (module.replace(".", "/") + ".py"), folder / module.replace(".", "/") / "__init__.py"]
    place = next((one for one in places if one.is_file()), None)
    if place is None:
        return None
    tree = ast.parse(place.read_text("utf-8"))
    found = _class_of(tree, name)
    return (found, tree) if found else None


def _class_of(tree: ast.Module, name: str) -> ast.ClassDef | None:
    return next((node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name), None)


def _described(node: ast.ClassDef, tree: ast.Module, known: object) -> Entry:
    """What a class's text says: the order and the defaults of its arguments, and the group keys that it reads."""
    constructor = _constructor(node, tree)
    described: Entry = {}
    if constructor is not None:
        arguments = constructor.args
        names = [one.arg for one in [*arguments.posonlyargs, *arguments.args]][1:]
        defaults = dict(zip(reversed(names), reversed(arguments.defaults), strict=False))
        keyword_only = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        defaults |= {one.arg: default for one, default in keyword_only if default is not None}
        described["parameters"] = " ".join(names)
        described["lr"] = _number(_literal(defaults["lr"])) if "lr" in defaults else None
    if isinstance(known, str):
        described["keys"] = " ".join(sorted({*known.split(), *_keys_read(node)}))
    return described


def _constructor(node: ast.ClassDef, tree: ast.Module) -> ast.FunctionDef | None:
    """The class's `__init__`, or that of the first base in the same module that has one."""
    for one in node.body:
        if isinstance(one, ast.FunctionDef) and one.name == "__init__":
            return one
    for base in node.bases:
        parent = _class_of(tree, base.id) if isinstance(base, ast.Name) else None
        if parent is not None and parent is not node and (found := _constructor(parent, tree)):
            return found
    return None


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def _keys_read(tree: ast.AST) -> Iterator[str]:
    """The literal keys that the code reads of a group: `group["lr"]`, `group.get("lr")`, `"rank" in group`."""
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(key)), ctx=ast.Load()):
                pass
            case ast.Call(func=ast.Attribute(ast.Name(id=name), "get"), args=[ast.Constant(value=str(key)), *_]):
                pass
            case ast.Compare(left=ast.Constant(value=str(key)), comparators=[ast.Name(id=name)]):
                pass
            case _:
                continue
        if name in READS_OF_A_GROUP and key != "params":
            yield key


if __name__ == "__main__":
    main(sys.argv[1:])
