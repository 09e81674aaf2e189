"""Which findings a comment suppresses, and the report of an unused suppression."""

import pytest

from optimlint import Applicability, Options, check_source, fix_source


def training(call: str = "", groups: str = "", above: str = "", top: str = "") -> str:
    """A source with one finding, OPT001, whose evidence is the line of `groups`, and comments in four places."""
    lines = [
        top,
        "from torch.optim import AdamW",
        "",
        "",
        "def make(model):",
        f"    groups = [{groups}",
        '        {"params": [p for n, p in model.named_parameters() if "bias" not in n], "weight_decay": 0.002},',
        '        {"params": [p for n, p in model.named_parameters() if "bias" in n], "weight_decay": 0.0},',
        "    ]",
        *(f"    {line}" for line in above.splitlines()),
        f"    return AdamW({call}",
        "        model.parameters(),",
        "        lr=3e-5,",
        "    )",
        "",
    ]
    return "\n".join(lines)


def found(text: str, options: Options | None = None) -> list[str]:
    return [diagnostic.code for diagnostic in check_source(text, options=options or Options())]


def test_without_a_comment() -> None:
    (diagnostic,) = check_source(training())
    assert (diagnostic.code, diagnostic.range.start.line) == ("OPT001", 10)
    assert [related.range.start.line for related in diagnostic.related] == [6]


NAMED = [
    "  # optimlint: ignore[bypassed-param-groups]",
    "  # optimlint: ignore[OPT001]",
    "  # optimlint: ignore[opt001]  the groups are kept for the paper",
    "  #optimlint:ignore[ OPT001 ]",
    "  # a note  # optimlint: ignore[OPT001]",
    "  # optimlint: ignore",
    "  # optimlint: ignore  the groups are kept for the paper",
    "  # noqa: OPT001",
    "  # NOQA:OPT001",
    "  # noqa: F841, OPT001",
    "  # noqa: F841 OPT001  the groups are kept",
    "  # noqa: OPT0",
]
"""Comments that suppress OPT001 wherever they are."""


@pytest.mark.parametrize("comment", [*NAMED, "  # noqa", "  # noqa  the groups are kept"])
def test_at_the_finding(comment: str) -> None:
    assert found(training(call=comment)) == []


@pytest.mark.parametrize("comment", NAMED)
def test_at_the_evidence(comment: str) -> None:
    assert found(training(groups=comment)) == []


@pytest.mark.parametrize(
    "above",
    [
        "# optimlint: ignore[OPT001]",
        "# optimlint: ignore",
        "# optimlint: ignore[OPT001]  a reason\n# and more of it",
        "# optimlint: ignore[OPT002, OPT001]",
    ],
)
def test_on_a_line_above(above: str) -> None:
    assert "OPT001" not in found(training(above=above))


@pytest.mark.parametrize(
    "top",
    [
        "# optimlint: ignore-file",
        "# optimlint: ignore-file  generated",
        "# optimlint: ignore-file[OPT001]",
        "# optimlint: ignore-file[bypassed-param-groups]",
        "# -*- coding: utf-8 -*-\n# optimlint: ignore-file[OPT001]",
    ],
)
def test_for_the_whole_file(top: str) -> None:
    assert found(training(top=top)) == []
    text = training() + top.splitlines()[-1] + "\n"
    assert found(text) == [], "a file may end with it, too"


@pytest.mark.parametrize(
    "text",
    [
        training(call="  # optimlint: ignore[OPT002]"),
        training(call="  # optimlint: ignore-file"),
        training(call="  # noqa: F841"),
        training(call="  # noqa: OPT002"),
        training(call="  # noqase"),
        training(groups="  # noqa"),
        training(groups="  # noqa: F841"),
        training(above="# noqa: OPT001"),
        training(above="# optimlint: ignore[OPT001]\npass"),
        training(above="# optimlint: ignore[OPT001]\n\n"),
        training(above='"# optimlint: ignore[OPT001]"'),
        training(top="# optimlint: ignore[OPT001]"),
    ],
)
def test_not_suppressed(text: str) -> None:
    assert "OPT001" in found(text)


def test_when_suppressions_are_not_respected() -> None:
    text = training(call="  # optimlint: ignore[OPT001, OPT002]")
    assert found(text, Options(respect_suppressions=False)) == ["OPT001"]


IDLE = [
    ("optimizer = 1  # optimlint: ignore[OPT001]", "optimizer = 1"),
    ("optimizer = 1 \t # optimlint: ignore[bypassed-param-groups]  fixes #12", "optimizer = 1"),
    ("optimizer = 1  # optimlint: ignore  for a reason", "optimizer = 1"),
    ("optimizer = 1  # optimlint: ignore[OPT001, OPT002]", "optimizer = 1"),
    ("optimizer = 1  # optimlint: ignore[]", "optimizer = 1"),
    ("optimizer = 1  # optimlint: ignore[OPT001]  # noqa: F401", "optimizer = 1  # noqa: F401"),
    ("optimizer = 1  # noqa: F401  # optimlint: ignore[OPT001] long ago", "optimizer = 1  # noqa: F401"),
    ("optimizer = 1  # see below  # optimlint: ignore", "optimizer = 1  # see below"),
    ("optimizer = 1  # noqa: OPT001", "optimizer = 1"),
    ("optimizer = 1  # noqa: F401,OPT001", "optimizer = 1  # noqa: F401"),
    ("optimizer = 1  # noqa: OPT001, F401, OPT002", "optimizer = 1  # noqa: F401"),
    ("optimizer = 1  # noqa: opt001 E501", "optimizer = 1  # noqa: E501"),
    ("# optimlint: ignore-file", None),
    ("# optimlint: ignore-file[OPT003]", None),
    ("# optimlint: ignore[OPT001]", None),
    ("if optimizer:\n    # optimlint: ignore[OPT001]  a reason\n    pass", "if optimizer:\n    pass"),
    ("optimizer = [\n    # optimlint: ignore[OPT001]\n]", "optimizer = [\n]"),
]


@pytest.mark.parametrize(("before", "after"), IDLE)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_what_suppresses_nothing_is_removed(before: str, after: str | None, line_end: str) -> None:
    def file(lines: str | None) -> str:
        middle = [] if lines is None else lines.split("\n")
        return line_end.join(["optimizer = None", *middle, "params = 2", ""])

    diagnostics = check_source(file(before))
    assert [diagnostic.code for diagnostic in diagnostics] == ["OPT901"]
    fixed = fix_source(file(before), diagnostics)
    assert fixed.text == file(after)
    assert check_source(fixed.text) == []


def test_last_line_without_an_end() -> None:
    text = "optimizer = 1\n# optimlint: ignore[OPT001]"
    assert fix_source(text, check_source(text)).text == "optimizer = 1\n"


def test_names_that_suppress_nothing_beside_one_that_does() -> None:
    text = training(call="  # optimlint: ignore[OPT002, bypassed-param-groups, OPT003]  a reason")
    (diagnostic,) = check_source(text)
    assert diagnostic.code == "OPT901"
    assert diagnostic.message == "`OPT002`, `OPT003` suppress nothing"
    fixed = fix_source(text, [diagnostic])
    assert fixed.text == training(call="  # optimlint: ignore[bypassed-param-groups]  a reason")
    assert check_source(fixed.text) == []


@pytest.mark.parametrize(
    ("comment", "name", "hint"),
    [
        ("# optimlint: ignore[bypased-param-groups]", "bypased-param-groups", "bypassed-param-groups"),
        ("# optimlint: ignore[OPT01]", "OPT01", "OPT"),
        ("# optimlint: ignore[opt019]", "opt019", "OPT"),
        ("# noqa: OPT999", "OPT999", "OPT9"),
        ("# optimlint: ignore[whatever]", "whatever", ""),
    ],
)
def test_name_that_does_not_exist(comment: str, name: str, hint: str) -> None:
    (diagnostic,) = check_source(f"optimizer = 1  {comment}\n")
    assert diagnostic.code == "OPT901"
    assert f"`{name}` is not a rule" in diagnostic.message
    assert (f"the nearest name is `{hint}" in diagnostic.message) == bool(hint)
    assert diagnostic.fixes == ()


def test_place_of_the_diagnostic() -> None:
    (diagnostic,) = check_source("é = '\U0001f525'; optimizer = 1  # noqa: OPT001\n")
    assert diagnostic.message == "`# noqa: OPT001` suppresses nothing"
    start, end = diagnostic.range.start, diagnostic.range.end
    assert (start.line, start.column, end.line, end.column) == (1, 25, 1, 39)


@pytest.mark.parametrize("comment", ["# noqa", "# noqa: F401", "# noqa: E501,W291", "# type: ignore", "# optimlint"])
def test_what_other_tools_read_is_left_in_peace(comment: str) -> None:
    assert found(f"optimizer = 1  {comment}\n") == []


def test_rule_that_did_not_run_is_left_in_peace() -> None:
    options = Options(rules=frozenset({"bypassed-param-groups", "unused-suppression"}))
    assert found("optimizer = 1  # optimlint: ignore[OPT002]\n", options) == []
    assert found("optimizer = 1  # optimlint: ignore\n", options) == []
    assert found("optimizer = 1  # noqa: OPT0\n", options) == []
    assert found("optimizer = 1  # optimlint: ignore[OPT001]\n", options) == ["OPT901"]


def test_rule_is_silent_where_it_was_not_chosen() -> None:
    options = Options(rules=frozenset({"bypassed-param-groups"}))
    assert found("optimizer = 1  # optimlint: ignore[OPT001]\n", options) == []


def test_its_own_suppression() -> None:
    assert found("optimizer = 1  # optimlint: ignore[OPT001, unused-suppression]\n") == []
    assert found("# optimlint: ignore-file[OPT901]\noptimizer = 1  # optimlint: ignore[OPT001]\n") == []
    assert found("optimizer = 1  # optimlint: ignore[OPT901]\n") == []


def test_whole_file_needs_a_line_of_its_own() -> None:
    (diagnostic,) = check_source("optimizer = 1  # optimlint: ignore-file\n")
    assert "line of its own" in diagnostic.message
    assert diagnostic.fixes == ()


def test_unsafe_fixes_do_as_much() -> None:
    text = "optimizer = 1  # optimlint: ignore[OPT001]\n"
    assert fix_source(text, check_source(text), Applicability.UNSAFE).text == "optimizer = 1\n"
