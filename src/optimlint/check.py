"""The whole pipeline: from a source to its diagnostics. Pure: no file, clock, environment or global state. Other files
of the repository are an argument."""

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
"""The rule name of a diagnostic that reports an internal error. A command that meets one exits with 2."""


def check_source(
    source: str | bytes,
    path: str = "<string>",
    options: Options = Options(),
    repository: Repository = ALONE,
) -> list[Diagnostic]:
    """All diagnostics of one Python source, in order. Never raises, whatever the source contains.

    `path` is copied into the diagnostics and identifies the source in `repository`. Without a repository the source is
    checked alone.
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
    """The facts of one source. They are empty if nothing in the source can matter; it is not parsed then.

    For a source with a syntax error they are the facts of the code above it, and `FileFacts.unread` holds the error.
    With `needs_whole` the error is returned instead.
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
    except Exception as error:  # noqa: BLE001  An error of the interpreter is reported and affects only this source.
        return Unparseable(START, f"could not be checked: {type(error).__name__}: {error}", is_own_fault=True)


def check_facts(facts: FileFacts | Unparseable, path: str, options: Options = Options()) -> list[Diagnostic]:
    """The diagnostics of the chosen rules for these facts, without those that comments suppress."""
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
        # A suppression may be for a finding that appears only when the whole source is read.
        chosen = tuple(rule for rule in chosen if rule is not UNUSED_SUPPRESSION)
    if facts.comments_elsewhere:
        found = [one for one in (_with_origin(one, facts) for one in found) if _concerns(one)]
    kept = _unsuppressed(found, facts, path, chosen) if options.respect_suppressions else found
    # An edit at the wrong place is worse than none.
    told = kept if facts.has_trusted_positions else [replace(one, fixes=()) for one in kept]
    return sorted(told, key=lambda diagnostic: (diagnostic.range.order, diagnostic.code))


def _is_clean_without_callers(facts: FileFacts, path: str) -> bool:
    """Whether no rule, chosen or not, has a finding while the arguments from other files are unknown. Then searching
    the repository for callers is not worth its cost."""
    alone = replace(facts, elsewhere=Changed(facts.elsewhere, asks=False))
    return not any(_run(rule, alone, path) for rule in RULES)


def _with_origin(diagnostic: Diagnostic, facts: FileFacts) -> Diagnostic:
    """The diagnostic; if it is about groups that another file defines, with that place as related."""
    places = (diagnostic.range, *(one.range for one in diagnostic.related))
    origins = dict.fromkeys(filter(None, map(facts.written_at, places)))
    further = tuple(Related(one, "the groups are written here") for one in origins if one not in places)
    return replace(diagnostic, related=(*diagnostic.related, *further)) if further else diagnostic


def _concerns(diagnostic: Diagnostic) -> bool:
    """Whether the finding or some of its evidence is in the checked source. Others are reported when their own file is
    checked."""
    return not all(one.path for one in (diagnostic.range, *(related.range for related in diagnostic.related)))


def _unsuppressed(found: list[Diagnostic], facts: FileFacts, path: str, chosen: tuple[Rule, ...]) -> list[Diagnostic]:
    """The diagnostics that no comment suppresses, in the checked source or in a file with evidence."""
    kept = suppress(found, facts.comments, path, chosen, RULES)
    for other, comments in facts.comments_elsewhere:
        kept = suppress(kept, comments, other, (), RULES, other)
    return kept


def in_its_file(diagnostic: Diagnostic) -> Diagnostic:
    """A diagnostic for the file that its range is in, with the paths of its ranges relative to that file. Fixes of
    other files are dropped."""
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
    """The diagnostic for a source, or a part of one, that cannot be parsed."""
    return UNPARSEABLE.sign(Finding(fault.range, fault.reason), path)


def is_chosen(rule: Rule, options: Options) -> bool:
    """Whether `options` turn `rule` on."""
    return rule.default if options.rules is None else rule.name in options.rules


def _run(rule: Rule, facts: FileFacts, path: str) -> list[Diagnostic]:
    """The rule's diagnostics. A rule that raises loses only its own findings."""
    try:
        return [rule.sign(finding, path) for finding in rule.check(facts)]
    except Exception as error:  # noqa: BLE001  A broken rule is reported and does not affect the others.
        message = f"`{rule.name}` could not be checked: {type(error).__name__}: {error}"
        return [Diagnostic(path, START, INTERNAL_ERROR, rule.code, Severity.ERROR, message)]
