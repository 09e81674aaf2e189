"""Inline suppressions."""

from optimlint.diagnostic import Diagnostic
from optimlint.facts.names import Comment
from optimlint.options import Options
from optimlint.rule import Rule


def suppress(
    diagnostics: list[Diagnostic], comments: tuple[Comment, ...], path: str, chosen: tuple[Rule, ...], options: Options
) -> list[Diagnostic]:
    return diagnostics
