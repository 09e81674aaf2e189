"""The editors' own clients with the real server, set up as the guide shows."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from cli_support import BUG, COMMAND, MENDED, environment

pytest.importorskip("pygls", reason="the language server's library is not installed")

GUIDE = (Path(__file__).parent.parent / "docs" / "guide" / "editors.md").read_text(encoding="utf-8")
FIX_ALL = "source.fixAll.optimlint"
PATIENCE = 120


def snippets(heading: str, language: str) -> list[str]:
    """The guide's set-ups for one editor."""
    section = re.split(r"^## ", GUIDE.partition(f"\n## {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(rf"^```{language}\n(.*?)^```", section, re.MULTILINE | re.DOTALL)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with a bug, and the command on the path."""
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    (folder / "train.py").write_text(BUG)
    command = tmp_path / "bin" / "optimlint"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {" ".join(COMMAND)} "$@"\n')
    command.chmod(0o755)
    return folder


def run(command: Sequence[str], project: Path) -> str:
    """The output of an editor that has only our set-up."""
    home = project.parent / "home"
    home.mkdir()
    path = os.pathsep.join([str(project.parent / "bin"), os.environ["PATH"]])
    folders = {name: str(home) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")}
    done = subprocess.run(
        command,
        cwd=project,
        env=environment() | folders | {"PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def told(output: str) -> dict[str, list[str]]:
    """The output of our scripts in an editor's output: lines of a word and JSON."""
    found: dict[str, list[str]] = {}
    for word, text in re.findall(r"^TOLD (\w+) (.*?)\s*$", output, re.MULTILINE):
        found.setdefault(word, []).append(json.loads(text))
    return found


NEOVIM = """
local function tell(word, text) io.stdout:write("TOLD ", word, " ", vim.fn.json_encode(text), "\\n") end
vim.cmd("edit train.py")
vim.wait(60000, function() return #vim.diagnostic.get(0) > 0 end, 50)
for _, one in ipairs(vim.diagnostic.get(0)) do
  tell("finding", (one.lnum + 1) .. " " .. one.source .. " " .. one.code)
end
vim.api.nvim_win_set_cursor(0, { 6, 14 })
local client = vim.lsp.get_active_clients and vim.lsp.get_active_clients()[1] or vim.lsp.get_clients()[1]
local place = vim.lsp.util.make_position_params(0, client.offset_encoding)
for _, one in pairs(vim.lsp.buf_request_sync(0, "textDocument/hover", place, 60000)) do
  tell("hover", one.result.contents.value)
end
vim.ui.select = function(items, _, choose) choose(items[1], 1) end
vim.lsp.buf.code_action({ context = { only = { "FIX_ALL" }, diagnostics = {} } })
vim.wait(60000, function() return vim.bo.modified end, 50)
vim.cmd("silent write | quit!")
""".replace("FIX_ALL", FIX_ALL)


@pytest.mark.skipif(shutil.which("nvim") is None, reason="Neovim is not installed")
def test_neovim(project: Path) -> None:
    new, old = snippets("Neovim", "lua")
    version = re.search(r"NVIM v(\d+)\.(\d+)", subprocess.check_output(["nvim", "--version"], text=True))
    assert version
    setup, script = project.parent / "init.lua", project.parent / "script.lua"
    setup.write_text(new if (int(version[1]), int(version[2])) >= (0, 11) else old)
    script.write_text(NEOVIM)
    seen = told(run(["nvim", "--headless", "-i", "NONE", "-n", "-u", str(setup), "-c", f"luafile {script}"], project))
    assert seen["finding"] == ["6 optimlint bypassed-param-groups"]
    assert "built and not used: `groups`, line 5" in seen["hover"][0]
    assert (project / "train.py").read_text() == MENDED


EGLOT = """
(package-initialize)
(require 'eglot)
SETUP
(defun tell (word text) (princ (format "\\nTOLD %s %s\\n" word (json-encode text))))
(setq eglot-confirm-server-initiated-edits nil)
(find-file "train.py")
(python-mode)
(call-interactively #'eglot)
(with-timeout (60) (while (null (flymake-diagnostics)) (accept-process-output nil 0.1)))
(dolist (one (flymake-diagnostics))
  (tell "finding" (format "%s %s" (line-number-at-pos (flymake-diagnostic-beg one)) (flymake-diagnostic-text one)))
  (goto-char (flymake-diagnostic-beg one)))
(eglot-code-actions (point) (point) "FIX_ALL" t)
(save-buffer)
(ignore-errors (eglot-shutdown (eglot-current-server)))
(kill-emacs 0)
""".replace("FIX_ALL", FIX_ALL)

LSP_MODE = """
(package-initialize)
(setq lsp-session-file "SESSION" lsp-auto-guess-root t lsp-enable-file-watchers nil lsp-enable-snippet nil
      lsp-restart 'ignore)
(require 'lsp-mode)
SETUP
(defun tell (word text) (princ (format "\\nTOLD %s %s\\n" word (json-encode text))))
(lsp-workspace-folders-add default-directory)
(find-file "train.py")
(python-mode)
(lsp)
(with-timeout (60) (while (zerop (hash-table-count (lsp-diagnostics))) (accept-process-output nil 0.1)))
(maphash (lambda (file found)
           (dolist (one found)
             (tell "finding" (format "%s %s" (1+ (lsp-get (lsp-get (lsp-get one :range) :start) :line))
                                     (lsp-get one :code)))))
         (lsp-diagnostics))
(kill-emacs 0)
"""


def _has_library(library: str) -> bool:
    emacs = shutil.which("emacs")
    if emacs is None:
        return False
    asked = [
        emacs,
        "-q",
        "--batch",
        "--eval",
        f'(progn (package-initialize) (kill-emacs (if (locate-library "{library}") 0 1)))',
    ]
    return subprocess.run(asked, capture_output=True, stdin=subprocess.DEVNULL, check=False).returncode == 0


@pytest.mark.skipif(not _has_library("eglot"), reason="Emacs with Eglot is not installed")
def test_emacs_with_eglot(project: Path) -> None:
    setup, _ = snippets("Emacs", "elisp")
    script = project.parent / "script.el"
    script.write_text(EGLOT.replace("SETUP", setup))
    (said,) = told(run(["emacs", "-q", "--batch", "-l", str(script)], project))["finding"]
    assert said.startswith("6 optimlint")
    assert "`groups` is never used" in said
    assert (project / "train.py").read_text() == MENDED


@pytest.mark.skipif(not _has_library("lsp-mode"), reason="Emacs with lsp-mode is not installed")
def test_emacs_with_lsp_mode(project: Path) -> None:
    _, setup = snippets("Emacs", "elisp")
    script = project.parent / "script.el"
    script.write_text(LSP_MODE.replace("SETUP", setup).replace("SESSION", str(project.parent / "session")))
    seen = told(run(["emacs", "-q", "--batch", "-l", str(script)], project))
    assert seen["finding"] == ["6 bypassed-param-groups"]
