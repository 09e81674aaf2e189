"""The whole pipeline on one screen: a source in, its diagnostics out. Pure: no file, clock, environment or global; the
other files of the repository come as an argument."""

from dataclasses import replace

from optimlint.diagnostic import START, Diagnostic, Finding, Range, Related, Severity
from optimlint.facts import FileFacts
from optimlint.facts.elsewhere import Changed
from optimlint.options import Options
from optimlint.repository.repository import ALONE, Repository
from optimlint.rule import Rule
from optimlint.rules import ABOUT_THE_END, RULES, UNPARSEABLE, UNUSED_SUPPRESSION
from optimlint.suppress import suppress
from optimlint.syntax.outline import outline_of, whole
from optimlint.text import Unparseable, decode
from optimlint.trigger import may_matter

INTERNAL_ERROR = "internal-error"
"""The rule name of a diagnostic that says that a rule broke; a command that meets one exits with 2."""


def check_source(
    source: str | bytes,
    path: str = "<string>",
    options: Options = Options(),
    repository: Repository = ALONE,
) -> list[Diagnostic]:
    """All diagnostics of one Python source, in order. Raises for nothing that a source can contain.

    `path` is copied into the diagnostics, and says which file of `repository` the source is; without a repository it
    stands alone.
    """
    facts = read_facts(source, options, path=path, repository=repository)
    return [in_its_file(one) for one in check_facts(facts, path, options)]


def read_facts(
    source: str | bytes,
    options: Options = Options(),
    *,
    needs_whole: bool = False,
    path: str = "",
    repository: Repository = ALONE,
) -> FileFacts | Unparseable:
    """The facts of one source; empty ones for a source in which nothing can matter, which is not parsed.

    Of a source with a syntax error they are those of the code above it, and say so (`FileFacts.unread`); there are
    none where the whole is needed.
    """
    raw = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
    if not options.reads_all and not may_matter(raw):
        return FileFacts()
    decoded = decode(source) if isinstance(source, bytes) else source
    if isinstance(decoded, Unparseable):
        return decoded
    text = decoded if isinstance(decoded, str) else decoded.text
    try:
        outline = whole(text) if options.reads_all else outline_of(text)
        if outline is None:
            return FileFacts()
        from optimlint.interpret import interpret  # libcst loads here, with the first source that can matter

        return interpret(text, outline, options, needs_whole=needs_whole, path=path, repository=repository)
    except RecursionError:
        return Unparseable(START, "not parsed: nested too deeply")
    except Exception as error:  # noqa: BLE001  What breaks the interpreter is named, and costs one source.
        return Unparseable(START, f"could not be checked: {type(error).__name__}: {error}", is_own_fault=True)


def check_facts(facts: FileFacts | Unparseable, path: str, options: Options = Options()) -> list[Diagnostic]:
    """What the chosen rules say of the facts, less what the source's comments suppress."""
    told, weights = _told(facts, path, options), dict(options.severities)
    return [replace(one, severity=weights.get(one.rule, one.severity)) for one in told] if weights else told


def _told(facts: FileFacts | Unparseable, path: str, options: Options) -> list[Diagnostic]:
    chosen = tuple(rule for rule in RULES if is_chosen(rule, options))
    if isinstance(facts, Unparseable) and facts.is_own_fault:
        return [Diagnostic(path, facts.range, INTERNAL_ERROR, UNPARSEABLE.code, Severity.ERROR, facts.reason)]
    if isinstance(facts, Unparseable):
        return [_broken(facts, path)] if UNPARSEABLE in chosen else []
    if facts.ends_early:
        chosen = tuple(rule for rule in chosen if rule not in ABOUT_THE_END)
    asked = () if facts.arguments and _is_clean_without_callers(facts, path) else chosen
    found = list({(one.code, one.range): one for rule in asked for one in reversed(_run(rule, facts, path))}.values())
    if facts.unread:
        found += [_broken(one, path) for one in facts.unread if UNPARSEABLE in chosen]
        # A suppression may be meant for what shows only where all of the source is read.
        chosen = tuple(rule for rule in chosen if rule is not UNUSED_SUPPRESSION)
    if facts.comments_elsewhere:
        found = [one for one in (_with_origin(one, facts) for one in found) if _concerns(one)]
    kept = _unsuppressed(found, facts, path, chosen) if options.respect_suppressions else found
    # An edit at a place that may be another one is worse than none.
    told = kept if facts.has_trusted_positions else [replace(one, fixes=()) for one in kept]
    return sorted(told, key=lambda diagnostic: (diagnostic.range.order, diagnostic.code))


def _is_clean_without_callers(facts: FileFacts, path: str) -> bool:
    """Whether no rule finds anything, chosen or not, while nobody knows what other files give to functions. Then it
    does not pay to look for callers in all files of the repository."""
    alone = replace(facts, elsewhere=Changed(facts.elsewhere, asks=False))
    return not any(_run(rule, alone, path) for rule in RULES)


def _with_origin(diagnostic: Diagnostic, facts: FileFacts) -> Diagnostic:
    """A diagnostic about groups that another file writes, with that place."""
    places = (diagnostic.range, *(one.range for one in diagnostic.related))
    origins = dict.fromkeys(filter(None, map(facts.written_at, places)))
    further = tuple(Related(one, "the groups are written here") for one in origins if one not in places)
    return replace(diagnostic, related=(*diagnostic.related, *further)) if further else diagnostic


def _concerns(diagnostic: Diagnostic) -> bool:
    """Whether a diagnostic is of the source that is checked, or has its evidence there. What else is wrong in another
    file is said where that is checked."""
    return not all(one.path for one in (diagnostic.range, *(related.range for related in diagnostic.related)))


def _unsuppressed(found: list[Diagnostic], facts: FileFacts, path: str, chosen: tuple[Rule, ...]) -> list[Diagnostic]:
    """What no comment suppresses, be it of the source or of another file that is part of the evidence."""
    kept = suppress(found, facts.comments, path, chosen, RULES)
    for other, comments in facts.comments_elsewhere:
        kept = suppress(kept, comments, other, (), RULES, other)
    return kept


def in_its_file(diagnostic: Diagnostic) -> Diagnostic:
    """A diagnostic whose ranges are told from the source that was checked, told from the file that it is in. A fix of
    any other file is left out."""
    home = diagnostic.path if diagnostic.range.path else ""

    def place(one: Range) -> Range:
        if one.path == diagnostic.range.path:
            return replace(one, path="")
        return one if one.path else replace(one, path=home)

    return replace(
        diagnostic,
        path=diagnostic.range.path or diagnostic.path,
        range=place(diagnostic.range),
        related=tuple(replace(one, range=place(one.range)) for one in diagnostic.related),
        fixes=tuple(
            replace(fix, edits=tuple(replace(edit, range=place(edit.range)) for edit in fix.edits))
            for fix in diagnostic.fixes
            if all(edit.range.path == diagnostic.range.path for edit in fix.edits)
        ),
    )


def _broken(fault: Unparseable, path: str) -> Diagnostic:
    """What is said of a source, or a part of one, that cannot be read."""
    return UNPARSEABLE.sign(Finding(fault.range, fault.reason), path)


def is_chosen(rule: Rule, options: Options) -> bool:
    """Whether `options` turn `rule` on."""
    return rule.default if options.rules is None else rule.name in options.rules


def _run(rule: Rule, facts: FileFacts, path: str) -> list[Diagnostic]:
    """The rule's findings, signed; a rule that breaks loses its own findings only."""
    try:
        return [rule.sign(finding, path) for finding in rule.check(facts)]
    except Exception as error:  # noqa: BLE001  A broken rule is named, and costs nobody else's findings.
        message = f"`{rule.name}` could not be checked: {type(error).__name__}: {error}"
        return [Diagnostic(path, START, INTERNAL_ERROR, rule.code, Severity.ERROR, message)]
