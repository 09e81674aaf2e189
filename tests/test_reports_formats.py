"""The formats for platforms, parsed as the platforms do, even if all texts are hostile to the format."""

import json
import re
from pathlib import Path

import junitparser
import pytest
import xmlschema
from cli_support import BUG, optimlint
from markdown_it import MarkdownIt
from reports_support import FAILURES, HOSTILE, NOTEBOOK, PATH, at, finding, hostile, in_notebook, in_source, report

from optimlint import Diagnostic, Severity
from optimlint.check import INTERNAL_ERROR
from optimlint.cli.report import FORMATS, render, render_statistics
from optimlint.fingerprint import fingerprints
from optimlint.workspace.display import visible
from optimlint.workspace.outcome import Failure, FailureKind

PLATFORMS = sorted(set(FORMATS) - {"full", "concise"})
HOSTILE_PATHS = [f"/work/{HOSTILE}", "/work/\ud800.py", "/elsewhere/x.py", "/work/-", "/work/:a.py"]
ALL = (in_source(), in_notebook(), hostile(), finding(at(1, 1, 1, 1), severity=Severity.NOTE))
BROKEN = Diagnostic(PATH, at(1, 1, 1, 1), INTERNAL_ERROR, "OPT001", Severity.ERROR, "it broke")


@pytest.mark.parametrize("name", PLATFORMS)
def test_nothing_acts_on_a_terminal_or_a_log(name: str) -> None:
    """No control characters except line ends, and no lines that a runner would obey except our own."""
    for path in HOSTILE_PATHS:
        text = render(name, report(*ALL, hostile(path), failures=FAILURES))
        assert not set(text) & (set(map(chr, range(32))) - {"\n"})
        assert not re.search("[\x7f-\x9f\u2028\ud800-\udfff]", text)
        assert "##[" not in text
        own = r"::(?:error|notice) title=" if name == "github" else r"$^"
        assert all(re.match(own, line) for line in text.split("\n") if line.lstrip().startswith("::"))


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_is_the_same_each_time(name: str) -> None:
    full = report(*ALL, failures=FAILURES)
    assert render(name, full) == render(name, full)


# github


def read_commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """The commands in a log, parsed as the runner does."""
    commands = []
    for line in text.split("\n"):
        if match := re.fullmatch(r"::(?P<name>\w+)(?: (?P<properties>.*?))?::(?P<message>.*)", line):
            pairs = (pair.split("=", 1) for pair in (match["properties"] or "").split(","))
            properties = {key: unescaped(value, property_=True) for key, value in pairs}
            commands.append((match["name"], properties, unescaped(match["message"])))
    return commands


def unescaped(text: str, *, property_: bool = False) -> str:
    more = {"%3A": ":", "%2C": ","} if property_ else {}
    for escape, character in {"%0D": "\r", "%0A": "\n", **more, "%25": "%"}.items():
        text = text.replace(escape, character)
    return text


def test_github_is_a_command_a_finding() -> None:
    ((name, properties, message),) = read_commands(render("github", report(in_source())))
    assert name == "error"
    assert properties == {
        "title": "optimlint (OPT001 bypassed-param-groups)",
        "file": PATH,
        "line": "6",
        "endLine": "6",
        "col": "29",
        "endColumn": "66",
    }
    first, second = message.split("\n")
    assert first == "sub/train.py:6:29: OPT001 bypassed-param-groups `groups` is never used"
    assert second == "help: Pass `groups` to the optimizer"


def test_github_knows_three_severities() -> None:
    names = [name for name, *_ in read_commands(render("github", report(*map(in_source, Severity))))]
    assert names == ["error", "warning", "notice"]


def test_github_takes_no_columns_over_several_lines() -> None:
    ((_, properties, _),) = read_commands(render("github", report(finding(at(2, 3, 5, 1)))))
    assert properties["line"] == "2"
    assert properties["endLine"] == "5"
    assert not {"col", "endColumn"} & set(properties)


def test_github_tells_lines_of_the_notebooks_file() -> None:
    one = report(in_notebook())
    ((_, properties, message),) = read_commands(render("github", one))
    line = one.contents[NOTEBOOK].decode().split("\n")[int(properties["line"]) - 1]
    assert line.strip() == '"AdamW(model)\\n"'
    assert line[int(properties["col"]) - 1 : int(properties["endColumn"]) - 1] == "AdamW(model)"
    assert message.startswith("sub/notes.ipynb:cell 3:2:1: ")


def test_github_survives_what_is_against_it() -> None:
    text = render("github", report(hostile()))
    ((name, properties, message),) = read_commands(text)
    assert text.count("\n") == 1
    assert name == "error"
    assert set(properties) == {"title", "file", "line", "endLine"}
    assert properties["file"].startswith("/work/a b,c:d%0A|`<b>&amp;\n")
    assert message.count("\n") == 1
    assert f"OPT001 bypassed-param-groups {visible(HOSTILE)}" in message


def test_github_tells_what_could_not_be_checked() -> None:
    slow, unreadable = read_commands(render("github", report(failures=FAILURES)))
    assert slow[0] == "error"
    assert slow[1]["file"] == "/work/slow.py"
    assert "over the time limit: over 30 s" in slow[2]
    assert visible(HOSTILE) in unreadable[2]


# gitlab


def test_gitlab_is_a_code_quality_report() -> None:
    """The keys that GitLab's documentation requires."""
    listed = json.loads(render("gitlab", report(*ALL, failures=FAILURES)))
    assert len(listed) == len(ALL) + 2
    for one in listed:
        assert set(one) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert one["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert set(one["location"]) == {"path", "lines"}
        assert 1 <= one["location"]["lines"]["begin"] <= one["location"]["lines"]["end"]
        assert not one["location"]["path"].startswith("./")
    assert len({one["fingerprint"] for one in listed}) == len(listed)


def test_gitlab_has_the_fingerprints_of_a_baseline() -> None:
    one = report(in_source(), in_source())
    prints = [entry["fingerprint"] for entry in json.loads(render("gitlab", one))]
    text = one.contents[PATH].decode()
    assert prints == fingerprints(one.diagnostics, text, "sub/train.py")


def test_gitlab_tells_lines_of_the_notebooks_file() -> None:
    one = report(in_notebook())
    (entry,) = json.loads(render("gitlab", one))
    line = one.contents[NOTEBOOK].decode().split("\n")[entry["location"]["lines"]["begin"] - 1]
    assert "AdamW(model)" in line
    assert entry["description"].endswith("(cell 3, line 2)")


def test_paths_are_told_from_the_repository(tmp_path: Path) -> None:
    """Paths are relative to the repository, wherever in it the command runs."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "train.py").write_text(BUG)
    inside = optimlint(tmp_path / "package", ["check", "--output-format", "gitlab"]).stdout
    assert json.loads(inside)[0]["location"]["path"] == "package/train.py"
    assert optimlint(tmp_path, ["check", "--output-format", "gitlab"]).stdout == inside


# json-lines


def test_json_lines_are_the_objects_of_the_json_list() -> None:
    full = report(*ALL)
    lines = render("json-lines", full).splitlines()
    assert [json.loads(line) for line in lines] == json.loads(render("json", full))
    assert render("json-lines", report()) == ""


# rdjson


def test_rdjson_counts_bytes() -> None:
    result = json.loads(render("rdjson", report(in_source())))
    (one,) = result["diagnostics"]
    assert result["source"] == {"name": "optimlint"}
    assert one["location"]["path"] == "sub/train.py"
    assert one["severity"] == "ERROR"
    assert one["code"] == {"value": "bypassed-param-groups"}
    assert one["message"].split("\n") == ["`groups` is never used", "sub/train.py:5:5: `groups` is built here"]
    line = report(in_source()).contents[PATH].split(b"\n")[5]
    assert cut(line, one["location"]["range"]) == b"torch.optim.AdamW(model.parameters())"
    (suggestion,) = one["suggestions"]
    assert cut(line, suggestion["range"]) == b"model.parameters()"
    assert suggestion["text"] == "groups"


def cut(line: bytes, place: dict[str, dict[str, int]]) -> bytes:
    return line[place["start"]["column"] - 1 : place["end"]["column"] - 1]


def test_rdjson_suggests_a_fix_as_a_whole() -> None:
    one = report(hostile())
    ((suggestion, *others),) = [entry["suggestions"] for entry in json.loads(render("rdjson", one))["diagnostics"]]
    assert not others, "a fix without edits, or of another text, is no suggestion"
    before = one.contents[hostile().path]
    starts = [0, *(match.end() for match in re.finditer(b"\n", before))]
    start, end = (
        starts[place["line"] - 1] + place["column"] - 1
        for place in (suggestion["range"]["start"], suggestion["range"]["end"])
    )
    shown = HOSTILE.encode("utf-8", "backslashreplace").replace(b"\r", b"\n")
    after = before[:start] + suggestion["text"].encode() + before[end:]
    assert after.replace(b"\r", b"\n") == shown + before[1:].replace(b"\n\n\n", b"\n\n")


def test_rdjson_knows_only_what_reviewdog_knows() -> None:
    """Reviewdog rejects a document with an unknown key."""
    known = {"message", "location", "severity", "code", "suggestions"}
    entries = json.loads(render("rdjson", report(*ALL, failures=FAILURES)))["diagnostics"]
    assert len(entries) == len(ALL) + 2
    for entry in entries:
        assert set(entry) <= known
        assert set(entry["location"]) <= {"path", "range"}
        assert entry["severity"] in {"ERROR", "WARNING", "INFO"}


# junit


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(Path(__file__).parent / "schemas" / "junit.xsd")


@pytest.mark.parametrize("diagnostics", [(), ALL, (BROKEN,)])
@pytest.mark.parametrize("failures", [(), FAILURES])
def test_junit_is_valid(
    diagnostics: tuple[Diagnostic, ...], failures: tuple[Failure, ...], schema: xmlschema.XMLSchema
) -> None:
    schema.validate(render("junit", report(*diagnostics, failures=failures)))


def read_junit(text: str) -> junitparser.JUnitXml:
    """The report as parsed by a widely used reader."""
    read = junitparser.JUnitXml.fromstring(text.encode())
    assert isinstance(read, junitparser.JUnitXml)
    return read


def test_junit_is_a_failed_case_a_finding() -> None:
    read = read_junit(render("junit", report(in_source(), in_source(), in_notebook())))
    assert (read.tests, read.failures, read.errors) == (3, 3, 0)
    assert [suite.name for suite in read] == ["sub/train.py", "sub/notes.ipynb"]
    case = next(iter(next(iter(read))))
    assert case.name == "bypassed-param-groups (6:29)"
    assert case.classname == "sub/train.py"
    (failure,) = case.result
    assert (failure.type, failure.message) == ("bypassed-param-groups", "`groups` is never used")
    assert failure.text.split("\n")[1] == "sub/train.py:5:5: `groups` is built here"


def test_junit_without_findings_passes() -> None:
    read = read_junit(render("junit", report()))
    assert (read.tests, read.failures, read.errors) == (1, 0, 0)


def test_junit_calls_an_error_what_could_not_be_checked() -> None:
    read = read_junit(render("junit", report(failures=FAILURES)))
    assert (read.tests, read.failures, read.errors) == (2, 0, 2)


def test_junit_survives_what_is_against_it() -> None:
    read = read_junit(render("junit", report(hostile())))
    (failure,) = next(iter(next(iter(read)))).result
    assert failure.message == visible(HOSTILE)
    assert f"help: {visible(HOSTILE)}" in failure.text


# markdown


def read_markdown(text: str) -> tuple[list[list[str]], str]:
    """The rows of the table as displayed text, and the whole page as HTML."""
    page = MarkdownIt("commonmark").enable("table").render(text)
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    return [[plain(cell) for cell in re.findall(r"<t[dh]>(.*?)</t[dh]>", row, re.DOTALL)] for row in rows], page


def plain(html: str) -> str:
    from html import unescape

    return unescape(re.sub(r"</?(?:code|br)>", "", html))


def test_markdown_is_a_table() -> None:
    text = render("markdown", report(in_source(), in_notebook()))
    assert text.startswith("### optimlint: 2 findings in 2 files\n\n| Place | Rule | Finding |\n")
    rows, _ = read_markdown(text)
    assert rows == [
        ["Place", "Rule", "Finding"],
        [
            "sub/train.py:6:29",
            "bypassed-param-groups",
            "`groups` is never usedPass `groups` to the optimizer".replace("`", ""),
        ],
        ["sub/notes.ipynb:cell 3:2:1", "bypassed-param-groups", "groups is never usedPass groups"],
    ]
    assert render("markdown", report()) == "### optimlint: no findings\n"


@pytest.mark.parametrize("message", [HOSTILE, HOSTILE.replace("`", "") + "`a|b` @all `` ` ``", "`\\`|`\\|`", "a`b"])
def test_markdown_survives_what_is_against_it(message: str) -> None:
    rows, page = read_markdown(render("markdown", report(finding(at(1, 1, 1, 1), f"/work/{HOSTILE}", message))))
    assert [len(row) for row in rows] == [3, 3]
    assert rows[1][0] == visible(f"{HOSTILE}:1:1")
    assert rows[1][2].replace("`", "") == visible(message).replace("`", "")
    assert set(re.findall(r"<(/?\w+)", page)) <= {
        *("table", "thead", "tbody", "tr", "th", "td", "code", "h3", "br"),
        *("/table", "/thead", "/tbody", "/tr", "/th", "/td", "/code", "/h3"),
    }
    assert "@" not in re.sub(r"<code>.*?</code>", "", page, flags=re.DOTALL), "nobody is mentioned"


def test_markdown_names_what_could_not_be_checked() -> None:
    _, page = read_markdown(render("markdown", report(failures=FAILURES)))
    assert "Not checked:" in page
    assert page.count("<li>") == 2
    assert "accepted" not in page


def test_markdown_fits_a_comment() -> None:
    text = render("markdown", report(*[in_source()] * 1000))
    assert len(text) < 65_536
    assert "800 findings more." in text


# statistics


@pytest.mark.parametrize("name", FORMATS)
def test_statistics_fit_the_format(name: str) -> None:
    full, empty = report(*ALL), report()
    text = render_statistics(name, full)
    if name in {"full", "concise", "github"}:
        assert text == "4  OPT001  bypassed-param-groups  [*]\n"
        assert render_statistics(name, empty) == ""
    elif name == "markdown":
        assert read_markdown(text)[0][1] == ["4", "bypassed-param-groups", "2"]
        assert render_statistics(name, empty) == "No findings.\n"
    elif name == "json-lines":
        assert [json.loads(line)["count"] for line in text.splitlines()] == [4]
        assert render_statistics(name, empty) == ""
    else:
        assert [one["count"] for one in json.loads(text)] == [4]
        assert json.loads(render_statistics(name, empty)) == []


def test_what_a_diagnostic_tells_is_told_once() -> None:
    broken = Failure(PATH, FailureKind.BROKEN, "it broke")
    assert len(read_commands(render("github", report(BROKEN, failures=[broken])))) == 1
    assert len(read_commands(render("github", report(failures=[broken])))) == 1
