"""The parts of the language server that are plain functions, and the connection to the checking process."""

import asyncio
import os
from pathlib import Path

import pytest
from cli_support import BUG
from fixtures_support import cases
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types
from server_support import edited

from optimlint import Diagnostic, Edit, Options, Position, Range, check_notebook, check_source
from optimlint.hosts.server.actions import Scene, suppression
from optimlint.hosts.server.documents import Part, Whole, changed
from optimlint.hosts.server.link import Link
from optimlint.hosts.server.messages import Reader, workspace_edit
from optimlint.hosts.server.offers import SourceFindings, offer
from optimlint.hosts.server.places import Places
from optimlint.hosts.server.questions import Answer, Findings, Question, Wish
from optimlint.workspace.worker import Source

ENCODINGS = ["utf-8", "utf-16", "utf-32"]
TEXTS = st.text(st.sampled_from("aé🎉\n\r\x0c\u2028 "), max_size=30)


@given(TEXTS, st.data(), st.sampled_from(ENCODINGS))
def test_places_go_to_the_editor_and_back(text: str, data: st.DataObject, encoding: str) -> None:
    places = Places(text, encoding)
    offset = data.draw(st.integers(0, len(text)))
    line = text[:offset].replace("\r\n", "\n").replace("\r", "\n").count("\n")
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    if text[offset - 1 : offset + 1] == "\r\n":
        return  # There is no position between the two characters of a line end.
    position = Position(line + 1, offset - start + 1)
    sent = places.for_editor(Range(position, position)).start
    assert sent.line == line
    assert places.from_editor(sent) == position
    assert places.offset(sent) == offset


@given(TEXTS.filter(lambda text: "\r" not in text), st.data(), st.sampled_from(ENCODINGS))
def test_changes_are_made_as_the_editor_makes_them(text: str, data: st.DataObject, encoding: str) -> None:
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    new = data.draw(TEXTS)
    codec = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}[encoding]
    width = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]

    def place(offset: int) -> types.Position:
        line = text.rfind("\n", 0, offset) + 1
        return types.Position(text.count("\n", 0, offset), len(text[line:offset].encode(codec)) // width)

    where = types.Range(place(start), place(end))
    after = changed(text, types.TextDocumentContentChangePartial(where, new), encoding)
    assert after == text[:start] + new + text[end:]
    assert edited(text, [types.TextEdit(where, new)], encoding) == after


@pytest.mark.parametrize(
    ("line", "character", "expected"),
    [
        pytest.param(0, 99, Position(1, 3), id="behind the line"),
        pytest.param(0, 1, Position(1, 1), id="between the halves of a pair"),
        pytest.param(9, 0, Position(3, 1), id="behind the text"),
    ],
)
def test_places_that_are_not_in_the_text(line: int, character: int, expected: Position) -> None:
    places = Places("🎉a\nb\n", types.PositionEncodingKind.Utf16)
    assert places.from_editor(types.Position(line, character)) == expected


def test_edits_get_the_line_ends_of_their_place() -> None:
    text = "a\r\nb\r\n"
    edit = Edit(Range(Position(2, 1), Position(2, 1)), "x\ny\n")
    done = workspace_edit((edit,), Whole("file:///a.py", (Part("file:///a.py", text),)), Reader())
    assert done.changes == {
        "file:///a.py": [types.TextEdit(types.Range(types.Position(1, 0), types.Position(1, 0)), "x\r\ny\r\n")]
    }


PLAIN = [
    pytest.param(content, name, id=f"{case.name}/{name}")
    for case in cases()
    for name, content in case.read().items()
    if name.endswith(".py")
][::4]
"""A sample of the fixtures; in each, some findings are tested. All of them would take minutes."""


@pytest.mark.parametrize(("content", "name"), PLAIN)
def test_suppression_silences_its_finding_and_no_other(content: bytes, name: str) -> None:
    text = content.decode("utf-8-sig", "replace")
    before = check_source(text)
    for diagnostic in before[:: max(len(before) // 3, 1)]:
        after = _suppressed(text, diagnostic)
        if after is None:
            continue
        left = [(one.rule, one.message) for one in check_source(after)]
        gone = [(one.rule, one.message) for one in before if one != diagnostic]
        # Findings of the same rule with the same line or evidence are suppressed too.
        assert (diagnostic.rule, diagnostic.message) not in left or (diagnostic.rule, diagnostic.message) in gone
        assert {rule for rule, _ in left} <= {rule for rule, _ in gone}


def _suppressed(text: str, diagnostic: Diagnostic) -> str | None:
    found = offer(SourceFindings(Source("a.py", text.encode(), Options()), (diagnostic,)))
    whole = Whole("file:///a.py", (Part("file:///a.py", text),))
    edit = suppression(diagnostic, Scene(whole, found, Reader()))
    return None if edit is None else _edited(text, edit)


def _edited(text: str, edit: Edit) -> str:
    whole = Whole("a", (Part("a", text),))
    return edited(text, (workspace_edit((edit,), whole, Reader()).changes or {})["a"])


CALL = "    return AdamW(model.parameters())\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(CALL, CALL.rstrip() + "  {}\n", id="plain"),
        pytest.param(CALL.rstrip() + "  # all\n", CALL.rstrip() + "  # all  {}\n", id="behind a comment"),
        pytest.param(CALL.rstrip() + "  \t\n", CALL.rstrip() + "  {}\n", id="in place of white space"),
        pytest.param(
            "    return AdamW(model.parameters(), lr=\\\n        1)\n",
            "    {}\n    return AdamW(model.parameters(), lr=\\\n        1)\n",
            id="before a backslash",
        ),
        pytest.param(
            '    return AdamW(model.parameters()), """\n    """\n',
            '    {}\n    return AdamW(model.parameters()), """\n    """\n',
            id="where a string begins",
        ),
        pytest.param(
            "    return AdamW(\n        model.parameters(),\n    )\n",
            "    return AdamW(  {}\n        model.parameters(),\n    )\n",
            id="in brackets",
        ),
    ],
)
def test_place_of_a_suppression(line: str, expected: str) -> None:
    text = BUG.replace(CALL, line)
    (diagnostic,) = check_source(text)
    after = _suppressed(text, diagnostic)
    comment = "# optimlint: ignore[bypassed-param-groups]"
    assert after == BUG.replace(CALL, expected.format(comment))
    assert not check_source(after)


def test_fix_that_would_not_parse_is_not_offered() -> None:
    (diagnostic,) = check_source(BUG)
    text = BUG.replace("AdamW(model.parameters())", "AdamW((model.parameters()))")
    found = offer(SourceFindings(Source("a.py", text.encode(), Options()), (diagnostic,)))
    assert [one.fixes for one in found.diagnostics] == [()]
    assert not found.safe_edits


def test_cells_of_other_languages_take_no_comment() -> None:
    cells = '{"cell_type": "code", "source": "%%bash\\nls"}, {"cell_type": "code", "source": "a = 1\\n%ls\\nb"}'
    source = f'{{"cells": [{cells}], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 5}}'
    assert not check_notebook(source)
    found = offer(SourceFindings(Source("a.ipynb", source.encode(), Options()), ()))
    assert found.commentable >= {(2, 1), (2, 2)} and not [line for line in found.commentable if line[0] == 1]


def test_process_that_dies_is_replaced(tmp_path: Path) -> None:
    question = Question(Wish.FINDINGS, Source(str(tmp_path / "a.py"), BUG.encode(), Options()), 0, is_filed=True)

    async def story() -> list[Answer | None]:
        link = Link(10.0)
        answers = [await link.ask(question, lambda: True)]
        assert link._process
        os.kill(link._process.pid, 9)
        await link._process.wait()
        answers += [await link.ask(question, lambda: True), await link.ask(question, lambda: True)]
        answers.append(await link.ask(question, lambda: False))
        await link.close()
        return answers

    first, lost, again, unwanted = asyncio.run(story())
    assert isinstance(first, Findings) and isinstance(lost, Findings)
    assert [one.rule for one in first.diagnostics] == ["bypassed-param-groups"]
    assert [one.rule for one in lost.diagnostics] == ["unparseable"]
    assert "ended" in lost.diagnostics[0].message
    assert again == first
    assert unwanted is None
