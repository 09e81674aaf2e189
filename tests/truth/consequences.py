"""What torch makes of a bug: for each rule a short session, whose output stands at the top of the rule's page.

    .truth-venv/bin/python tests/truth/consequences.py

writes the sessions anew, in src/optimlint/workspace/consequences/. A program in consequences/ has the bug, and behind a
line `# shown:` the statements of the session. It finds `torch`, `nn`, a `model` with a body, a norm and a head, and
`names`, which tells what the model calls parameters.
"""

import ast
import contextlib
import io
import warnings
from collections.abc import Iterable
from pathlib import Path

import torch
from torch import nn

FOLDER = Path(__file__).with_name("consequences")
WRITTEN = Path(__file__).parents[2] / "src" / "optimlint" / "workspace" / "consequences"
_SHOWN = "# shown:\n"


class Net(nn.Module):  # type: ignore[misc]
    """A small model as others are: a layer, a norm, a head."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.norm, self.head = nn.Linear(4, 4), nn.LayerNorm(4), nn.Linear(4, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """One after the other."""
        return self.head(self.norm(self.body(x)))


def session(program: Path) -> str:
    """The session of a program, as an interactive Python shows it."""
    torch.manual_seed(0)
    model = Net()
    name_of = {id(parameter): name for name, parameter in model.named_parameters()}

    def names(parameters: Iterable[nn.Parameter]) -> str:
        return ", ".join(name_of[id(one)] for one in parameters) or "nothing"

    known: dict[str, object] = {"torch": torch, "nn": nn, "model": model, "names": names, "__name__": "__main__"}
    bug, _, shown = program.read_text(encoding="utf-8").partition(_SHOWN)
    exec(compile(bug, str(program), "exec"), known)
    return "".join(_step(statement, shown, known) for statement in ast.parse(shown).body)


def _step(statement: ast.stmt, text: str, known: dict[str, object]) -> str:
    lines = (ast.get_source_segment(text, statement) or "").splitlines()
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        try:
            exec(compile(ast.Interactive([statement]), "<session>", "single"), known)
        except ValueError as error:
            print(f"{type(error).__name__}: {error}")
    written = [f"{'...' if index else '>>>'} {line}" for index, line in enumerate(lines)]
    return "\n".join([*written, output.getvalue()])


def main() -> None:
    """Write all sessions."""
    warnings.simplefilter("ignore")
    WRITTEN.mkdir(exist_ok=True)
    for program in sorted(FOLDER.glob("*.py")):
        (WRITTEN / f"{program.stem}.txt").write_text(session(program), encoding="utf-8")


if __name__ == "__main__":
    main()
