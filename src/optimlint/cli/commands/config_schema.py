"""A JSON schema of the settings, for editors that complete and verify them."""

import json

from optimlint.rules import RULES
from optimlint.workspace.configuration import SEVERITIES, SEVERITY, SWITCHES

Json = dict[str, "Json"] | list["Json"] | str | bool

_DRAFT = "http://json-schema.org/draft-07/schema#"
"""The draft that TOML plug-ins of editors support."""

_TEXTS = {
    "select": "Rules that run, instead of those that are on by default.",
    "extend-select": "Rules that run in addition.",
    "ignore": "Rules that do not run.",
    "per-file-ignores": (
        "Rules that do not run on files that match a pattern. If the pattern begins with `!`, on all other files."
    ),
    "severity": "The severity of findings of a rule: error, warning or note.",
    "exclude": "Patterns of paths to skip, as in .gitignore files, instead of the defaults.",
    "extend-exclude": "Patterns of paths to skip in addition, as in .gitignore files.",
    "optimizers": "Qualified names of your own optimizer classes, such as `my_package.optim.MyAdam`.",
    "group-builders": "Qualified names of your own functions that return parameter groups.",
    "group-consumers": "Qualified names of your own functions that take parameter groups and use them.",
    "markdown": "Check code blocks of .md, .qmd, .Rmd and .rst files in folders, too.",
}
_RULES = frozenset({"select", "extend-select", "ignore"})
_PATTERNS = frozenset({"exclude", "extend-exclude"})


def table_schema() -> dict[str, Json]:
    """The schema of `optimlint.toml`, and of the table `[tool.optimlint]`."""
    return {
        "$schema": _DRAFT,
        "title": "optimlint",
        "description": "Settings of optimlint, a linter for PyTorch training code.",
        "type": "object",
        "properties": {key: _property(key, text) for key, text in _TEXTS.items()},
        "additionalProperties": False,
        "definitions": {"rule": _rule(), "rules": _list({"$ref": "#/definitions/rule"})},
    }


def project_schema() -> dict[str, Json]:
    """The schema of a `pyproject.toml`; it describes only optimlint's table."""
    table = table_schema()
    definitions = table.pop("definitions")
    return {
        "$schema": table.pop("$schema"),
        "title": "pyproject.toml with the settings of optimlint",
        "type": "object",
        "properties": {"tool": {"type": "object", "properties": {"optimlint": table}}},
        "definitions": definitions,
    }


def as_text(schema: dict[str, Json]) -> str:
    """The schema as it is published."""
    return json.dumps(schema, indent=2) + "\n"


def _property(key: str, text: str) -> Json:
    described: dict[str, Json] = {"description": text}
    if key == "per-file-ignores":
        rules: Json = {"$ref": "#/definitions/rules"}
        return {**described, "type": "object", "additionalProperties": rules}
    if key == SEVERITY:
        weights: list[Json] = [*SEVERITIES]
        weight: Json = {"enum": weights}
        return {
            **described,
            "type": "object",
            "propertyNames": {"$ref": "#/definitions/rule"},
            "additionalProperties": weight,
        }
    if key in SWITCHES:
        return {**described, "type": "boolean"}
    if key in _RULES:
        return {**described, **_list({"$ref": "#/definitions/rule"})}
    if key in _PATTERNS:
        return {**described, **_list({"type": "string", "pattern": r"\S"})}
    return {**described, **_list({"type": "string", "pattern": r"^[^\s.]+(\.[^\s.]+)+$"})}


def _list(items: Json) -> dict[str, Json]:
    return {"type": "array", "items": items}


def _rule() -> Json:
    """The schema of a rule selector: every name, code and code prefix."""
    prefixes = {rule.code[:end] for rule in RULES for end in range(len("OPT"), len(rule.code))}
    named: list[Json] = [{"const": rule.name, "description": rule.summary} for rule in RULES]
    coded: list[Json] = [{"const": rule.code, "description": f"{rule.name}: {rule.summary}"} for rule in RULES]
    wide: list[Json] = [{"const": "ALL", "description": "Every rule."}]
    wide += [
        {"const": prefix, "description": f"Every rule whose code begins with {prefix}."} for prefix in sorted(prefixes)
    ]
    return {"anyOf": [*named, *coded, *wide]}
