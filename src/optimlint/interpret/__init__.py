"""The abstract interpreter: syntax nodes in, facts out.

How it works:

1. `syntax` turns the text into nodes. A function body is lowered when the interpreter first reads or walks it.

2. Statements are interpreted in order (`statements`, `expressions`, `calls`), with *abstract values* (`values`) in
place of real ones: a stream of a model's parameters, a list with everything that was put in it, a group dict, a
condition on names, an optimizer class, or an entity of which only the identity is known. Values are followed, not
names. Where branches meet, states are joined and a name holds the union (`state.join`). A test on the variables of a
loop or comprehension over parameters is not a branch: it becomes the condition under which a parameter is put
somewhere. So `if "bias" in n: a.append(p)` and `[p for n, p in … if "bias" in n]` give the same value.

3. An operation through which a value may escape *consumes* it: passing it as an argument, returning or yielding it, or
storing it in an attribute of a shared object. `print`, `len`, logging, `assert` and `del` do not. These operations, and
the values that each value is made of, are recorded as flows (`flows`). One search over all flows at the end finds the
values that escape. If a list escapes, so do the values that it is made of and those that decided its content. A list
that does not escape has reached no optimizer.

4. Functions are read after the code around them, `__init__` before other methods, each on its own with unknown
arguments. A name of another scope holds the union of everything that is ever bound to it. If the result of a call
matters, the body of the function is read again with the call's arguments (`functions`), and for a method with the
object as `self`.

5. The source is read in two passes. The first learns what names of other scopes, attributes of `self` and function
results hold. The second records uses, optimizer constructions, filters and exhausted iterators.

6. `collect` turns the records into facts: plain frozen values.

A value that cannot be followed becomes an entity of unknown kind. No rule fires because of such an entity.
"""

from dataclasses import replace

from optimlint.facts import FileFacts
from optimlint.interpret.classes.model_ways import find_ways
from optimlint.interpret.collect.class_facts import ClassView
from optimlint.interpret.collect.collect import collect
from optimlint.interpret.elsewhere import elsewhere
from optimlint.interpret.interpreter import Interpreter
from optimlint.interpret.training.leading import leading_functions
from optimlint.interpret.world import World
from optimlint.options import Options
from optimlint.repository.repository import ALONE, Repository
from optimlint.syntax.broken import parse_above, readable_part
from optimlint.syntax.outline import Outline, Subject, whole
from optimlint.syntax.parse import CannotLower, Parsed, parse
from optimlint.text import Unparseable
from optimlint.trigger import depends_on_others, trains

__all__ = ["find_syntax_error", "interpret", "parses", "readable_part"]
_PASSES = 2


def interpret(
    text: str,
    outline: Outline,
    options: Options,
    *,
    needs_whole: bool = False,
    path: str = "",
    repository: Repository = ALONE,
) -> FileFacts | Unparseable:
    """The facts of a source, or the error if it cannot be parsed. Raises nothing but a RecursionError for sources that
    nest too deeply. If the source has a syntax error, the code above it is read, unless `needs_whole`. `path` is its
    file in the repository."""
    parsed = parse(text, outline)
    if isinstance(parsed, Unparseable) and outline.functions:
        parsed = parse(text)  # Only the whole source gives the right error and line.
    unread: tuple[Unparseable, ...] = ()
    if isinstance(parsed, Unparseable) and not needs_whole:
        unread = (parsed,)
        parsed = parse_above(text, parsed)
    if isinstance(parsed, Unparseable):
        return parsed
    try:
        world = World(parsed.layout, options, path=path, repository=repository)
        encoded = text.encode("utf-8", "surrogatepass")
        is_of_classes = outline.subjects is Subject.CLASSES or not depends_on_others(encoded)
        world.shows_models_alone = not options.reads_all and is_of_classes
        world.followed = ALONE if world.shows_models_alone else repository
        return _interpret(parsed, world, unread, outline.subjects)
    except (CannotLower, RecursionError) as error:
        # If code of other files cannot be read, interpret the source without them.
        is_elsewhere = not isinstance(error, CannotLower) or bool(error.path)
        if is_elsewhere and not parsed.layout.paths:
            raise
        kept = (outline, ALONE) if is_elsewhere else (whole(text), repository)
        return interpret(text, kept[0], options, needs_whole=needs_whole, path=path, repository=kept[1])


def _interpret(parsed: Parsed, world: World, unread: tuple[Unparseable, ...], subjects: Subject) -> FileFacts:
    world.count_mentions(parsed.layout.source)
    world.ways = find_ways(world, parsed.module)
    if Subject.TRAINING in subjects and trains(parsed.layout.source.encode("utf-8", "surrogatepass")):
        world.training.turn_on(leading_functions(parsed.layout.source, world.mentions))
    interpreter = Interpreter(world)
    for _ in range(_PASSES):
        world.start_pass()
        interpreter.read_module(parsed.module)
    view = ClassView(world, interpreter.others)
    facts = collect(world, view, parsed)
    return replace(
        facts,
        elsewhere=elsewhere(world.repository, world.path, facts, view.at),
        # A fix of a broken source cannot be checked, because the fixed source does not parse either.
        has_trusted_positions=parsed.layout.has_trusted_positions and not unread,
        unread=unread,
        ends_early=bool(unread),
    )


def find_syntax_error(text: str) -> Unparseable | None:
    """The syntax error of `text`; None if it is valid Python."""
    parsed = parse(text)
    return parsed if isinstance(parsed, Unparseable) else None


def parses(text: str) -> bool:
    """Whether `text` is valid Python."""
    return find_syntax_error(text) is None
