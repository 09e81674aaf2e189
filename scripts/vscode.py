"""Tests the extension in Visual Studio Code itself: code-server from npm, with its window in Chromium.

    python scripts/vscode.py

It needs npm, node 20 with its headers, a C++ compiler and Chromium, and takes some minutes the first time. Everything
that it installs is under .vscode-try/, along with a screenshot.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".vscode-try"
SERVER = WORK / "node_modules" / "code-server"
PACKAGES = ("code-server@4.100.3", "playwright-core@1")
COMPILED = {WORK: ("argon2",), SERVER / "lib" / "vscode": ("@vscode/spdlog", "native-watchdog")}
"""The packages that must be built for this machine. All others are the same on every machine, and their install scripts
are not run."""

PATIENCE = 120.0
BUG = """\
from torch.optim import AdamW


def make(model):
    groups = [{"params": model.parameters(), "weight_decay": 0.0}]
    return AdamW(model.parameters())
"""


def main() -> int:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None or shutil.which("npm") is None:
        print("this needs npm and Chromium", file=sys.stderr)
        return 2
    _install()
    extension = _package()
    project = _project(extension)
    with _served(project) as address:
        driver = shutil.copy(ROOT / "editors" / "vscode" / "test" / "browser.mjs", WORK)
        picture = WORK / "seen.png"
        seen = json.loads(_run(["node", str(driver), chromium, address, str(project), "train.py", str(picture)], WORK))
    problems = " ".join(" ".join(seen["problems"]).split())
    assert "`groups` is never used" in problems and "bypassed-param-groups" in problems, problems
    assert "AdamW(groups)" in seen["lines"], seen["lines"]
    print(f"Seen in the Problems panel: {problems}")
    print(f"Fix All passed the groups to the optimizer; {picture} shows the window before it")
    return 0


def _install() -> None:
    """Install code-server and the browser's driver without running package scripts, and build what must be compiled."""
    done = WORK / ".ready"
    if done.exists():
        return
    WORK.mkdir(exist_ok=True)
    (WORK / "package.json").write_text("{}")
    npm = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"]
    _run([*npm, *PACKAGES], WORK)
    for folder in (SERVER / "lib" / "vscode", SERVER / "lib" / "vscode" / "extensions"):
        _run([*npm, "--omit=dev"], folder)
    for folder, packages in COMPILED.items():
        _run(["npm", "rebuild", *packages], folder)
    modules = SERVER / "lib" / "vscode" / "node_modules.asar"
    if not modules.is_symlink():
        modules.symlink_to("node_modules")
    done.touch()


def _package() -> Path:
    """Build the extension in a copy of its sources."""
    copy = WORK / "editors" / "vscode"
    shutil.rmtree(copy.parent, ignore_errors=True)
    unwanted = shutil.ignore_patterns("node_modules", "dist", "*.vsix", "LICENSE")
    shutil.copytree(ROOT / "editors" / "vscode", copy, ignore=unwanted)
    shutil.copy(ROOT / "LICENSE", WORK)
    _run(["npm", "ci", "--no-audit", "--no-fund"], copy)
    _run(["npm", "run", "package"], copy)
    return copy / "optimlint.vsix"


def _project(extension: Path) -> Path:
    """Create a folder with a bug, and the settings of a user who has just installed the extension and configured the
    command."""
    for name in ("user", "extensions", "project"):
        shutil.rmtree(WORK / name, ignore_errors=True)
    project, settings = WORK / "project", WORK / "user" / "User" / "settings.json"
    project.mkdir()
    (project / "train.py").write_text(BUG)
    command = WORK / "optimlint"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m optimlint "$@"\n')
    command.chmod(0o755)
    settings.parent.mkdir(parents=True)
    chosen = {"optimlint.path": str(command), "security.workspace.trust.enabled": False, "update.mode": "none"}
    settings.write_text(json.dumps(chosen))
    _run([*_code_server(), "--install-extension", str(extension)], WORK)
    return project


@contextmanager
def _served(project: Path) -> Iterator[str]:
    """The address of Visual Studio Code with the project open, reachable only from this machine."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--auth", "none", "--bind-addr", f"127.0.0.1:{port}", "--disable-telemetry", "--disable-update-check"]
    with (WORK / "server.log").open("w") as log:
        server = subprocess.Popen([*_code_server(), *options, str(project)], cwd=WORK, stdout=log, stderr=log)
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(30)


def _code_server() -> list[str]:
    folders = ["--user-data-dir", str(WORK / "user"), "--extensions-dir", str(WORK / "extensions")]
    return ["node", str(SERVER / "out" / "node" / "entry.js"), "--config", str(WORK / "config.yaml"), *folders]


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _run(command: Sequence[str], folder: Path) -> str:
    headers = Path(shutil.which("node") or "node").resolve().parent.parent
    variables = os.environ | ({"npm_config_nodedir": str(headers)} if (headers / "include" / "node").is_dir() else {})
    done = subprocess.run(command, cwd=folder, env=variables, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
