"""Write a report as JSON."""

import json
from math import isfinite
from typing import Final

from optimlint.live.values import LiveOptimizer, Parameter, Seen, Value

VERSION: Final = 1
"""The version of the JSON format."""


def to_json(report: Seen) -> str:
    """The report as a JSON object."""
    return json.dumps(
        {
            "version": VERSION,
            "models": list(report.models),
            "optimizers": [_optimizer_object(one) for one in report.optimizers],
            "trainable": [_parameter_object(one) for one in report.trainable],
            "problems": [
                {"kind": one.kind.value, "message": one.message, "parameters": list(one.parameters)}
                for one in report.problems
            ],
        },
        indent=2,
        allow_nan=False,
    )


def _optimizer_object(optimizer: LiveOptimizer) -> dict[str, object]:
    return {
        "optimizer": optimizer.name,
        "place": optimizer.place,
        "defaults": None if optimizer.defaults is None else sorted(optimizer.defaults),
        "groups": [
            {
                "settings": {key: _json_value(value) for key, value in group.settings},
                "parameters": [_parameter_object(one) for one in group.parameters],
            }
            for group in optimizer.groups
        ],
    }


def _parameter_object(parameter: Parameter) -> dict[str, object]:
    return {
        "key": parameter.key,
        "name": parameter.name,
        "shape": list(parameter.shape),
        "trainable": parameter.is_trainable,
        "gradient": parameter.has_gradient,
        "role": parameter.role.value,
        "foreign": parameter.is_foreign,
    }


def _json_value(value: Value) -> Value:
    """The value, with infinities and NaN as text, because JSON has none."""
    return str(value) if isinstance(value, float) and not isfinite(value) else value
