"""What a shell offers where the names of rules are typed."""

from optimlint.workspace.rule_selectors import ALL


def completions(context: object, parameter: object, begun: str) -> list[str]:
    """How the last of the selectors in `begun` may go on, for shells: its name, or its code where that is begun."""
    from optimlint.rules import RULES

    before, comma, last = begun.rpartition(",")
    known = [text for rule in RULES for text in ((rule.code,) if last[:1].isupper() else (rule.name,))]
    return [f"{before}{comma}{text}" for text in (*known, ALL) if text.startswith(last)]
