"""The language server as an editor uses it."""

import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent

import pytest
from cli_support import BUG, COMMAND, MENDED, environment
from lsprotocol import types
from server_support import ANYWHERE, able, editor, run

from optimlint import __version__

CODE, TEXT = types.NotebookCellKind.Code, types.NotebookCellKind.Markup
BYPASSED = "bypassed-param-groups"
EMOJI = BUG.replace("    return ", '    return "🎉é", ')
PYTHON_ONLY = "from torch.optim import AdamW\n"


def test_findings_as_one_types(tmp_path: Path) -> None:
    async def story() -> None:
        async with editor(tmp_path) as one:
            uri = one.open("train.py", MENDED)
            assert not await one.findings(uri)
            start = types.Position(5, len("    return AdamW("))
            end = types.Position(5, start.character + len("groups"))
            change = types.TextDocumentContentChangePartial(types.Range(start, end), "model.parameters()")
            one.type(uri, change)
            (found,) = await one.findings(uri, 2)
            assert (found.code, found.source) == (BYPASSED, "optimlint")
            assert found.severity is types.DiagnosticSeverity.Error
            assert found.range == types.Range(types.Position(5, 11), types.Position(5, 36))
            assert found.related_information
            assert found.related_information[0].location.range.start.line == 4
            one.replace(uri, MENDED)
            assert not await one.findings(uri, 3)

    run(story)


def test_typing_is_waited_for(tmp_path: Path) -> None:
    async def story() -> None:
        async with editor(tmp_path) as one:
            uri = one.open("train.py", MENDED)
            await one.findings(uri)
            for _ in range(20):
                one.replace(uri, BUG)
            assert await one.findings(uri)
            assert [said.version for said in one.told[uri]] == [1, 21]

    run(story)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_columns_on_a_line_with_emoji_and_accents(tmp_path: Path, encoding: str) -> None:
    async def story() -> None:
        async with editor(tmp_path, encoding=encoding) as one:
            uri = one.open("train.py", EMOJI)
            (found,) = await one.findings(uri)
            before = EMOJI.splitlines()[5].partition("AdamW")[0]
            codec, width = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}[encoding]
            assert found.range.start.character == len(before.encode(codec)) // width
            fix, suppress = await one.actions(uri, "quickfix")
            assert one.edited(EMOJI, uri, fix) == EMOJI.replace("AdamW(model.parameters())", "AdamW(groups)")
            assert one.edited(EMOJI, uri, suppress).splitlines()[5].endswith(f")  # optimlint: ignore[{BYPASSED}]")
            quote = types.Position(5, found.range.start.character - len(", "))
            change = types.TextDocumentContentChangePartial(types.Range(quote, quote), "[0] # ")
            one.type(uri, change)
            (found,) = await one.findings(uri)  # The rest of the line is a comment now.
            assert found.code == "unused-param-groups"

    run(story)


def test_lines_end_where_the_editor_ends_them(tmp_path: Path) -> None:
    """Form feeds and the like do not end a line. Otherwise the server's line numbers would differ from the editor's."""
    text = "\x0c\nname = 'a\x0b\u2028b'\n" + BUG

    async def story() -> None:
        async with editor(tmp_path) as one:
            uri = one.open("train.py", text)
            (found,) = await one.findings(uri)
            assert found.range.start.line == 7
            place = types.Position(1, len("name = 'a\x0b\u2028"))
            one.type(uri, types.TextDocumentContentChangePartial(types.Range(place, place), "c"))
            (found,) = await one.findings(uri, 2)
            (fix, _) = await one.actions(uri, "quickfix")
            assert fix.edit
            (change,) = fix.edit.document_changes or ()
            assert isinstance(change, types.TextDocumentEdit)
            start = types.Position(7, len("    return AdamW("))
            assert change.edits[0].range == types.Range(start, types.Position(7, start.character + 18))

    run(story)


def test_coding_cookie_says_nothing_of_an_editors_text(tmp_path: Path) -> None:
    text = "# -*- coding: latin-1 -*-\n" + EMOJI

    async def story() -> None:
        async with editor(tmp_path) as one:
            uri = one.open("train.py", text)
            (found,) = await one.findings(uri)
            assert found.range.start.character == len('    return "🎉é", ') + 1

    run(story)


def test_code_actions(tmp_path: Path) -> None:
    async def story() -> None:
        async with editor(tmp_path) as one:
            uri = one.open("train.py", BUG)
            fix, suppress, fix_all = await one.actions(uri)
            assert (fix.kind, fix.is_preferred) == ("quickfix", True)
            assert fix.diagnostics and fix.diagnostics[0].code == BYPASSED
            assert one.edited(BUG, uri, fix) == MENDED
            assert not suppress.is_preferred
            assert fix_all.kind == "source.fixAll.optimlint"
            assert one.edited(BUG, uri, fix_all) == MENDED
            assert [one.kind for one in await one.actions(uri, "source.fixAll")] == ["source.fixAll.optimlint"]
            assert not await one.actions(uri, "source.organizeImports")
            elsewhere = types.Range(types.Position(0, 0), types.Position(0, 3))
            assert [one.kind for one in await one.actions(uri, at=elsewhere)] == ["source.fixAll.optimlint"]
            one.replace(uri, one.edited(BUG, uri, suppress))
            assert not await one.findings(uri, 2)

    run(story)


def test_unsafe_fix_says_so_and_is_no_part_of_all(tmp_path: Path) -> None:
    text = BUG.replace("return AdamW", "# return AdamW(groups)\n    return AdamW")

    async def story() -> None:
        async with editor(tmp_path) as one:
            uri = one.open("train.py", text)
            actions = await one.actions(uri)
            assert [one.title for one in actions] == [
                "Pass `groups` to the optimizer (unsafe: look at it)",
                f"Suppress `{BYPASSED}` here",
            ]

    run(story)


def test_edits_for_an_editor_that_knows_no_versions(tmp_path: Path) -> None:
    async def story() -> None:
        async with editor(tmp_path, capabilities=types.ClientCapabilities()) as one:
            uri = one.open("train.py", BUG.replace("\n", "\r\n"))
            (found,) = await one.findings(uri)
            assert found.related_information is None
            fix, *_ = await one.actions(uri)
            assert fix.edit and fix.edit.changes and not fix.edit.document_changes
            assert list(fix.edit.changes) == [uri]

    run(story)


def test_notebook(tmp_path: Path) -> None:
    imports, build, step = "from torch.optim import AdamW\n", "%matplotlib inline\n" + _groups(), "opt = 1"
    cells = [(TEXT, "# Title"), (CODE, imports), (CODE, build), (CODE, step)]

    async def story() -> None:
        async with editor(tmp_path) as one:
            _, first, second, third = uris = one.open_notebook("train.ipynb", cells)
            assert not await one.findings(third)
            notebook = types.VersionedNotebookDocumentIdentifier(2, one.uri("train.ipynb"))
            bug = "opt = '🎉', AdamW(model.parameters())"
            typed = types.NotebookDocumentCellContentChanges(
                types.VersionedTextDocumentIdentifier(uri=third, version=2),
                [
                    types.TextDocumentContentChangePartial(
                        types.Range(types.Position(0, 6), types.Position(0, 7)), bug[6:]
                    )
                ],
            )
            change = types.NotebookDocumentChangeEvent(cells=types.NotebookDocumentCellChanges(text_content=[typed]))
            one.client.notebook_document_did_change(types.DidChangeNotebookDocumentParams(notebook, change))
            (found,) = await one.findings(third, 2)
            assert (found.code, found.range.start.character) == (BYPASSED, len("opt = '🎉', ") + 1)
            assert found.related_information and found.related_information[0].location.uri == second
            assert set(one.told) == set(uris[1:])
            one._versions[third] = 2
            fix, suppress, fix_all = await one.actions(third, at=found.range)
            assert one.edited(bug, third, fix) == one.edited(bug, third, fix_all) == "opt = '🎉', AdamW(groups)"
            assert one.edited(bug, third, suppress) == f"{bug}  # optimlint: ignore[{BYPASSED}]"
            assert [one.kind for one in await one.actions(first, "notebook.source.fixAll")] == [
                "notebook.source.fixAll.optimlint"
            ]
            assert "built and not used: `groups`" in (await one.hover(third, 0, 14) or "")
            move = types.NotebookCellArrayChange(2, 1)
            structure = types.NotebookDocumentCellChangeStructure(
                move, did_close=[types.TextDocumentIdentifier(second)]
            )
            change = types.NotebookDocumentChangeEvent(cells=types.NotebookDocumentCellChanges(structure=structure))
            notebook = types.VersionedNotebookDocumentIdentifier(3, one.uri("train.ipynb"))
            one.client.notebook_document_did_change(types.DidChangeNotebookDocumentParams(notebook, change))
            assert not await one.findings(third, 2, count=2)  # The cell with the groups is gone.

    run(story)


def _groups() -> str:
    return "groups = [{'params': model.parameters(), 'weight_decay': 0.0}]"


def test_script_of_cells(tmp_path: Path) -> None:
    """Such a script is checked, fixed and suppressed like others, and its IPython lines are kept."""
    bug = "opt = AdamW(model.parameters())\n"
    text = f"# %%\n!pip install torch\n%matplotlib inline\n{PYTHON_ONLY}# %%\n{_groups()}\n{bug}"

    async def story() -> None:
        async with editor(tmp_path) as one:
            uri = one.open("cells.py", text)
            (found,) = await one.findings(uri)
            assert (found.code, found.range.start.line) == (BYPASSED, 6)
            fix, suppress, fix_all = await one.actions(uri)
            mended = text.replace("AdamW(model.parameters())", "AdamW(groups)")
            assert one.edited(text, uri, fix) == one.edited(text, uri, fix_all) == mended
            one.replace(uri, one.edited(text, uri, suppress))
            assert not await one.findings(uri)

    run(story)


def test_hover(tmp_path: Path) -> None:
    text = MENDED + "\nlist_of = 1  # optimlint: ignore[unused-no-decay, OPT101]  # noqa: OPT104\n# optimlint: ignore\n"
    comment = text.splitlines()[7]

    async def story() -> None:
        async with editor(tmp_path) as one:
            uri = one.open("train.py", text)
            shown = await one.hover(uri, 5, 14)
            assert shown and shown.startswith("```text\ntorch.optim.AdamW\n") and "0.0 (group)" in shown
            assert await one.hover(uri, 0, 3) is None
            assert await one.hover(uri, 7, 3) is None
            for written, rule in (("no-decay", "unused-no-decay"), ("OPT101", "exhausted-parameters")):
                shown = await one.hover(uri, 7, comment.index(written))
                assert shown and shown.startswith(f"# {rule}\n") and shown.count("\n# ") == 0
            shown = await one.hover(uri, 7, comment.index("optimlint"))
            assert shown and "# unused-no-decay\n" in shown and "# exhausted-parameters\n" in shown
            shown = await one.hover(uri, 7, comment.index("OPT104"))
            assert shown and shown.startswith("# string-no-decay\n")
            assert "every rule" in (await one.hover(uri, 8, 5) or "")

    run(story)


def test_a_line_above_each_optimizer_says_what_it_gets(tmp_path: Path) -> None:
    async def story(*arguments: str) -> list[tuple[int, str]]:
        async with editor(tmp_path, *arguments) as one:
            uri = one.open("train.py", BUG)
            await one.findings(uri)
            return await one.lenses(uri) if one.server.code_lens_provider else []

    wanted = [(5, "AdamW: 1 group · decay 0.01 · lr 0.001 · 1 list of groups not used")]
    assert run(story) == wanted
    assert run(lambda: story("--no-lenses")) == []


def test_lines_in_a_notebook_stand_in_their_cells(tmp_path: Path) -> None:
    async def story() -> None:
        async with editor(tmp_path) as one:
            first, second = one.open_notebook("n.ipynb", [(CODE, PYTHON_ONLY), (CODE, "o = AdamW(m.parameters())\n")])
            await one.findings(second)
            assert await one.lenses(first) == []
            assert await one.lenses(second) == [(0, "AdamW: 1 group · decay 0.01 · lr 0.001")]

    run(story)


def test_guide_shows_a_real_hover(tmp_path: Path) -> None:
    guide = (Path(__file__).parent.parent / "docs" / "guide" / "editors.md").read_text()
    example = dedent(guide[guide.index("  ```text") : guide.index("  Hover over a suppression")]).strip()

    async def story() -> None:
        async with editor(tmp_path) as one:
            assert (await one.hover(one.open("train.py", BUG), 5, 14) or "").strip() == example

    run(story)


def test_hover_where_no_rule_could_speak(tmp_path: Path) -> None:
    async def story() -> None:
        async with editor(tmp_path) as one:
            uri = one.open("train.py", f"{PYTHON_ONLY}opt = AdamW(net.parameters(), lr=3e-4)\n")
            assert not await one.findings(uri)
            assert "0.0003 (call)" in (await one.hover(uri, 1, 8) or "")

    run(story)


def test_configuration(tmp_path: Path) -> None:
    config = tmp_path / "pyproject.toml"
    config.write_text(f'[tool.optimlint]\nignore = ["{BYPASSED}"]\n')

    async def story() -> None:
        async with editor(tmp_path) as one:
            uri = one.open("train.py", BUG)
            assert not await one.findings(uri)
            config.write_text("[tool.optimlint]\n")
            changed = types.FileEvent(config.as_uri(), types.FileChangeType.Changed)
            one.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([changed]))
            assert await one.findings(uri, count=2)
            config.write_text('[tool.optimlint]\nignor = ["ALL"]\n')
            one.save(uri)
            assert not await one.findings(uri, count=3)
            one.replace(uri, BUG + "\n")
            await one.findings(uri, 2)
            await one.findings(one.open("other.py", BUG))
            (message,) = one.client.messages
            assert "unknown key `ignor`" in message.message and "pyproject.toml:2" in message.message
            config.write_text("[tool.optimlint]\n")
            one.replace(uri, BUG)
            assert await one.findings(uri, 3)

    run(story)


USED_ELSEWHERE = """
from torch.optim import AdamW
from net import model

groups = [{"params": model.body.parameters()}, {"params": model.head.parameters(), "lr": 0.1}]
optimizer = AdamW(model.parameters(), lr=1e-3)
"""


def test_what_is_typed_in_one_file_counts_for_another(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "train.py").write_text(USED_ELSEWHERE)
    (tmp_path / "run.py").write_text("import train\n")

    async def story() -> None:
        async with editor(tmp_path) as one:
            train = one.open("train.py", USED_ELSEWHERE)
            run_it = one.open("run.py", "import train\n")
            assert [found.code for found in await one.findings(train)] == [BYPASSED]
            one.replace(run_it, "from train import groups\nprint(groups)\n")
            assert not await one.findings(train, count=2), "another file uses the list now, saved or not"
            one.replace(run_it, "import train\n")
            assert await one.findings(train, count=3)
            one.replace(run_it, "import train  # The same.\n")
            one.replace(train, USED_ELSEWHERE + "\n")
            assert await one.findings(train, 2)
            assert len([said for said in one.told[train] if said.version == 1]) == 3, "nothing is told twice"

    run(story)


def test_a_builder_is_checked_with_what_is_typed_in_its_caller(tmp_path: Path) -> None:
    builder = (
        "def two_groups(model, decay):\n"
        '    biases = [p for n, p in model.named_parameters() if "bias" in n]\n'
        '    others = [p for n, p in model.named_parameters() if "bias" not in n]\n'
        '    return [{"params": others, "weight_decay": decay}, {"params": biases}]\n'
    )
    caller = (
        "import torch\nfrom builders import two_groups\n\n"
        "def main(model):\n    return torch.optim.AdamW(two_groups(model, 0.1), lr=1e-3)\n"
    )
    (tmp_path / ".git").mkdir()
    (tmp_path / "builders.py").write_text(builder)
    (tmp_path / "train.py").write_text(caller)

    async def story() -> None:
        async with editor(tmp_path) as one:
            builds, calls = one.open("builders.py", builder), one.open("train.py", caller)
            assert [found.code for found in await one.findings(builds)] == ["inherited-decay"]
            one.replace(calls, caller.replace("lr=1e-3", "lr=1e-3, weight_decay=0.0"))
            assert not await one.findings(builds, count=2)

    run(story)


def test_excluded_file_is_silent(tmp_path: Path) -> None:
    (tmp_path / "optimlint.toml").write_text('extend-exclude = ["old/"]\n')

    async def story() -> None:
        async with editor(tmp_path) as one:
            excluded, other = one.open("old/train.py", BUG), one.open("train.py", BUG)
            assert await one.findings(other)
            assert not await one.findings(excluded)
            assert not await one.actions(excluded)
            assert await one.hover(excluded, 5, 14) is None

    run(story)


def test_options_of_the_command(tmp_path: Path) -> None:
    (tmp_path / "optimlint.toml").write_text('ignore = ["ALL"]\n')

    async def story() -> None:
        async with editor(tmp_path, "--isolated") as one:
            assert await one.findings(one.open("train.py", BUG))

    run(story)


def test_other_files_are_asked_and_asked_again_on_save(tmp_path: Path) -> None:
    builder = (
        "from torch.optim import AdamW\n\n\ndef groups_of(model):\n"
        '    return [{"params": model.parameters(), "weight_decay": 0.0}]\n\n\n'
        "def make(model):\n    return AdamW(model.parameters())\n"
    )
    (tmp_path / ".git").mkdir()
    (tmp_path / "train.py").write_text(builder)
    (tmp_path / "other.py").write_text("")

    async def story() -> None:
        async with editor(tmp_path) as one:
            uri = one.open("train.py", builder)
            (found,) = await one.findings(uri)
            assert found.code == "uncalled-group-builder"
            (tmp_path / "other.py").write_text("from train import groups_of\n")
            one.replace(uri, builder + "\n")
            assert await one.findings(uri, 2)  # Typing alone triggers no new questions.
            one.save(one.uri("other.py"))
            assert not await one.findings(uri, 2, count=2)

    run(story)


def test_what_is_not_python_is_passed_over(tmp_path: Path) -> None:
    async def story() -> None:
        async with editor(tmp_path) as one:
            toml, python = one.open("notes.toml", BUG, "toml"), one.open("train.py", BUG)
            assert await one.findings(python)
            assert toml not in one.told
            assert not await one.actions(toml)

    run(story)


def test_closing_takes_findings_back(tmp_path: Path) -> None:
    async def story() -> None:
        async with editor(tmp_path) as one:
            uri = one.open("train.py", BUG)
            assert await one.findings(uri)
            document = types.TextDocumentIdentifier(uri)
            one.client.text_document_did_close(types.DidCloseTextDocumentParams(document))
            assert not await one.findings(uri, count=2)
            assert not await one.actions(uri)

    run(story)


def test_file_that_was_never_saved(tmp_path: Path) -> None:
    async def story() -> None:
        async with editor(tmp_path) as one:
            item = types.TextDocumentItem("untitled:Untitled-1", "python", 1, BUG)
            one.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
            (found,) = await one.findings(item.uri, 1)
            assert found.code == BYPASSED

    run(story)


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param("x = " + "[" * 6000, id="brackets"),
        pytest.param("x = " + "(" * 3000 + ")" * 3000, id="closed"),
        pytest.param("x = a" + " or a" * 20_000, id="operators"),
        pytest.param("x = a" + ".b()" * 6000, id="calls"),
    ],
)
def test_bad_file_hangs_nothing(tmp_path: Path, hostile: str) -> None:
    async def story() -> None:
        async with editor(tmp_path, "--timeout", "2") as one:
            begin = time.monotonic()
            bad = one.open("bad.py", f"{BUG}\n{hostile}\n")
            good = one.open("train.py", BUG)
            assert await one.hover(bad, 6, 3) is None
            assert [found.code for found in await one.findings(good)] == [BYPASSED]
            assert [found.code for found in await one.findings(bad)] == [BYPASSED, "unparseable"]
            assert time.monotonic() - begin < 20

    run(story)


def test_modules_of_the_users_folder_are_not_imported(tmp_path: Path) -> None:
    for name in ("pickle", "click", "optimlint", "struct", "libcst"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported')\n")
    command = [str(Path(sys.executable).with_name("optimlint"))]
    if not Path(command[0]).exists():
        pytest.skip("the command is not installed beside this Python")
    reply = _initialized(command, tmp_path)
    assert b'"serverInfo"' in reply and __version__.encode() in reply


def test_server_ends_when_its_editor_is_gone(tmp_path: Path) -> None:
    assert b'"serverInfo"' in _initialized(list(COMMAND), tmp_path)


def _initialized(command: list[str], folder: Path) -> bytes:
    """The messages of a server to an editor that opens a file and then disappears."""
    uri = (folder / "train.py").as_uri().encode()
    text = BUG.replace("\n", "\\n").replace('"', '\\"').encode()
    messages = [
        b'{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}',
        b'{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": {"uri": "%b", '
        b'"languageId": "python", "version": 1, "text": "%b"}}}' % (uri, text),
    ]
    process = subprocess.Popen(
        [*command, "server"], cwd=folder, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin and process.stdout
    for message in messages:
        process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(message), message))
    process.stdin.flush()
    said = b""
    while BYPASSED.encode() not in said:
        said += process.stdout.read1(65536)  # type: ignore[attr-defined]
        assert process.poll() is None
    process.stdin.close()
    said += process.stdout.read()
    assert process.wait(20) in (0, 1)
    return said


def test_missing_extra_is_named(tmp_path: Path) -> None:
    code = "import sys; sys.modules['pygls'] = None; from optimlint.cli import run; sys.exit(run(['server']))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment(), stdin=subprocess.DEVNULL, capture_output=True
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == "error: the language server needs pygls: pip install 'optimlint[lsp]'\n"


def test_server_is_told_of_configuration_files(tmp_path: Path) -> None:
    """The server does not request that of an editor which cannot watch files."""

    async def story() -> None:
        without = able()
        assert without.workspace
        without.workspace.did_change_watched_files = None
        async with editor(tmp_path, capabilities=without) as one:
            uri = one.open("train.py", BUG)
            assert await one.findings(uri)
            assert len(await one.actions(uri, at=ANYWHERE)) == 3

    run(story)
