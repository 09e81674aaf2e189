"""The magics in a live IPython: a shell in its own process and folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_support import environment

TORCH = "class AdamW:\n    def __init__(self, params, **settings):\n        self.given = list(params)\n"
"""The part of torch that the cells need."""

MODEL = """\
class Model:
    def parameters(self):
        return iter([1, 2])


model = Model()
"""
GROUPS = 'groups = [{"params": model.parameters(), "weight_decay": 0.0}]'
BYPASSED = "optimizer = AdamW(model.parameters())"
MENDED = "optimizer = AdamW(groups)"
SETUP = ("%load_ext optimlint", "from torch.optim import AdamW", MODEL, GROUPS)

SHELL = """\
import json, sys
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance(colors="NoColor")
for cell in json.load(sys.stdin):
    done = shell.run_cell(cell, store_history=True)
    print(f"--- {done.success}")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("")
    (tmp_path / "torch" / "optim.py").write_text(TORCH)
    return tmp_path


def run(folder: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    found = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    variables = {"IPYTHONDIR": str(folder / "profile"), "PYTHONPATH": os.pathsep.join(found)}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment() | variables,
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


def session(folder: Path, *cells: str) -> list[tuple[str, bool]]:
    """The output of each cell, and whether it succeeded."""
    import json

    done = run(folder, "-c", SHELL, stdin=json.dumps(cells))
    assert done.returncode == 0, done.stdout
    outputs: list[tuple[str, bool]] = []
    printed: list[str] = []
    for line in done.stdout.splitlines():
        if line.startswith("--- "):
            outputs.append(("\n".join(printed), line == "--- True"))
            printed = []
        else:
            printed.append(line)
    assert len(outputs) == len(cells)
    return outputs


def test_finding_in_the_cell_that_makes_the_optimizer(folder: Path) -> None:
    cells = (*SETUP, f"%%optimlint\n{BYPASSED}\nlen(optimizer.given)")
    output, succeeded = session(folder, *cells)[-1]
    assert succeeded
    assert output.splitlines() == [
        "In [5], line 2: OPT001 bypassed-param-groups: `groups` is never used: everything decays by 0.01, `AdamW`'s"
        " default; 0.0 is never applied",
        f"    {BYPASSED}",
        "  In [4], line 1: `groups` is built here",
        f"    {GROUPS}",
        "  fix: Pass `groups` to the optimizer",
        "optimlint: 1 finding",
        "Out[5]: 2",
    ]


def test_cell_runs_and_keeps_its_names(folder: Path) -> None:
    outputs = session(folder, *SETUP, f"%%optimlint\n{MENDED}", "optimizer.given == groups")
    assert outputs[-2:] == [("optimlint: no findings", True), ("Out[6]: True", True)]


def test_findings_stand_above_the_output_of_the_cell(folder: Path) -> None:
    output, _ = session(folder, *SETUP, f"%%optimlint\nprint('training')\n{BYPASSED}")[-1]
    assert output.index("OPT001") < output.index("\ntraining")


def test_only_what_the_cell_has_part_in(folder: Path) -> None:
    outputs = session(folder, *SETUP, BYPASSED, "%%optimlint\nx = 1", "%optimlint")
    assert outputs[-2] == ("optimlint: no findings", True)
    assert outputs[-1][0].startswith("In [5], line 1: OPT001")


def test_session_so_far(folder: Path) -> None:
    outputs = session(folder, *SETUP, BYPASSED, "%optimlint", MENDED, "%optimlint")
    assert outputs[5][0].endswith("optimlint: 1 finding")
    assert outputs[7] == ("optimlint: no findings", True)


def test_cell_with_the_magic_is_a_part_of_the_session(folder: Path) -> None:
    outputs = session(folder, *SETUP[:-1], f"%%optimlint\n{GROUPS}", BYPASSED, "%optimlint")
    assert outputs[3] == ("optimlint: no findings", True), "nobody knows yet whether the groups will be used"
    assert outputs[-1][0].startswith("In [5], line 1: OPT001")
    assert "In [4], line 2: `groups` is built here" in outputs[-1][0]


def test_magics_and_shell_commands_in_the_session(folder: Path) -> None:
    cells = (*SETUP, "%%time\n%precision 3\n" + BYPASSED, "%optimlint")
    assert session(folder, *cells)[-1][0].startswith("In [5], line 3: OPT001")


def test_cell_that_fails_fails_once(folder: Path) -> None:
    """The error is shown once, and the cell counts as failed when all cells are run."""
    output, succeeded = session(folder, *SETUP, f"%%optimlint\n{BYPASSED}\n1 / 0")[-1]
    assert not succeeded
    assert output.count("ZeroDivisionError: ") == 1
    assert "_AlreadyShown" not in output
    assert output.startswith("In [5], line 2: OPT001")


def test_cell_that_does_not_parse_is_left_to_ipython(folder: Path) -> None:
    outputs = session(folder, *SETUP, "%%optimlint\ndef f(:", "def g(:", "%optimlint")
    assert not outputs[-3][1]
    assert "SyntaxError" in outputs[-3][0]
    assert "OPT900" not in outputs[-3][0]
    assert outputs[-1] == ("optimlint: no findings", True)


def test_configuration_of_the_folder(folder: Path) -> None:
    (folder / "optimlint.toml").write_text('ignore = ["OPT001"]\n')
    assert session(folder, *SETUP, BYPASSED, "%optimlint")[-1] == ("optimlint: no findings", True)
    (folder / "optimlint.toml").write_text('ignore = ["OPT777"]\n')
    output, succeeded = session(folder, *SETUP, BYPASSED, "%optimlint")[-1]
    assert not succeeded
    assert "optimlint.toml:1: " in output
    assert "Traceback" not in output


def test_arguments_are_refused(folder: Path) -> None:
    output, succeeded = session(folder, SETUP[0], "%optimlint train.py")[-1]
    assert not succeeded
    assert "Traceback" not in output


def test_suppression_in_a_cell(folder: Path) -> None:
    cell = f"{BYPASSED}  # optimlint: ignore[bypassed-param-groups]"
    assert session(folder, *SETUP, f"%%optimlint\n{cell}")[-1] == ("optimlint: no findings", True)


def test_ipython_with_a_script(folder: Path) -> None:
    (folder / "lab.ipy").write_text("\n".join([*SETUP, BYPASSED, "%optimlint"]) + "\n")
    done = run(folder, "-m", "IPython", "--colors=NoColor", "lab.ipy")
    assert done.returncode == 0
    assert "optimlint: no findings" in done.stdout, "a script is one cell, which is not over yet"


def test_ipython_with_a_command(folder: Path) -> None:
    command = "%load_ext optimlint\nget_ipython().run_cell_magic('optimlint', '', 'print(6 * 7)')"
    done = run(folder, "-m", "IPython", "--colors=NoColor", "-c", command)
    assert done.returncode == 0
    assert done.stdout == "optimlint: no findings\n42\n"


def test_extension_costs_nothing_until_it_is_loaded(folder: Path) -> None:
    code = "import sys, optimlint; optimlint.load_ipython_extension; print('optimlint.hosts' in sys.modules)"
    done = run(folder, "-c", code)
    assert done.stdout == "False\n"


LIVE = """\
from optimlint import live


class Tensor:
    requires_grad, shape = True, (2, 3)


class Net:
    def __init__(self):
        self.weight, self.bias = Tensor(), Tensor()

    def named_parameters(self):
        return [("weight", self.weight), ("bias", self.bias)]


class SGD:
    def __init__(self, groups):
        self.param_groups = groups


net = Net()
report = live.report(SGD([{"params": [net.weight], "lr": 0.1}]), net)
"""


def test_a_live_report_is_shown_as_html(folder: Path) -> None:
    shown = "sorted(get_ipython().display_formatter.format(report)[0])"
    html = 'print(get_ipython().display_formatter.format(report)[0]["text/html"])'
    (told, made), (formats, _), (page, _) = session(folder, LIVE, shown, html)
    assert made, told
    assert "text/html" in formats and "text/plain" in formats
    assert "<th scope" in page and "1 trainable parameter (6 scalars) is in no group" in page
