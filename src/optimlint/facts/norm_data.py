"""The endings of norm weights' names by architecture. Importing this module reads the file, once."""

import json
from pathlib import Path

ARCHITECTURES: dict[str, str] = json.loads(Path(__file__).with_name("norm_names.json").read_text("utf-8"))[
    "architectures"
]
