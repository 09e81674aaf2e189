"""Shell completion for rule names."""

from optimlint.workspace.rule_selectors import ALL


def completions(context: object, parameter: object, begun: str) -> list[str]:
    """Completions for the last selector in `begun`: rule names, or codes if it starts with a capital."""
    from optimlint.rules import RULES

    before, comma, last = begun.rpartition(",")
    known = [text for rule in RULES for text in ((rule.code,) if last[:1].isupper() else (rule.name,))]
    return [f"{before}{comma}{text}" for text in (*known, ALL) if text.startswith(last)]
