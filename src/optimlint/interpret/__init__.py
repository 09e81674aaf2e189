"""Nodes to facts, by an abstract run of the code.

How it goes, in prose, before any code:

1. `syntax` turns the text into nodes. The body of a function is lowered when it is asked for here, by reading the
   function or by walking through it.

2. The source is read like a slow, careful interpreter would run it (`statements`, `expressions`, `calls`), only that
   names hold *abstract values* (`values`) in place of real ones: a stream of a model's parameters, a list with what was
   put into it, a group dict, a condition on names, an optimizer class, or an entity of which nothing but its identity
   is known. Values are followed, not names. Where branches meet, a name holds the union (`state.join`). Tests of a
   loop's or a comprehension's parameters are not branches: they become the condition under which a parameter is put
   somewhere, so that `if "bias" in n: a.append(p)` and `[p for n, p in … if "bias" in n]` give the same value.

3. Everything that could carry a value out of sight *consumes* it: an argument, a return, a yield, an attribute of an
   object that others hold. `print`, `len`, logging, `assert` and `del` do not. That, and what a value is made of, is
   noted as flows (`flows`), and asked only in the end: who has a list has what it is made of, and what decided which
   parameters it holds. A list from which no flow leads out of sight has reached nothing.

4. Functions are read after the code around them, `__init__` before other methods, each by itself with unknown
   arguments; what a name of another scope holds is the union of all that is ever bound to it. A call of a function of
   this source whose result matters reads its body again with the call's arguments, a method of an object that this
   source makes with the object as `self` (`functions`).

5. All of this is done twice: the first time learns what names of other scopes hold, what attributes of `self` hold and
   what functions return; the second time notes uses, optimizer constructions, filters and exhausted iterators.

6. `collect` turns what was noted into facts: plain frozen values.

What cannot be followed is an entity with no known kind, and an entity never makes a rule speak.
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
from optimlint.syntax.outline import Outline, whole
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
    """The facts of a source, or where and why it cannot be parsed. Raises for nothing that a text can hold but a
    RecursionError, where it nests too deeply. Of a broken source the code above the fault is read, unless the whole is
    needed. The source is the file `path` of the repository."""
    parsed = parse(text, outline)
    if isinstance(parsed, Unparseable) and outline.functions:
        parsed = parse(text)  # What is wrong, and on which line, only the whole can tell.
    unread: tuple[Unparseable, ...] = ()
    if isinstance(parsed, Unparseable) and not needs_whole:
        unread = (parsed,)
        parsed = parse_above(text, parsed)
    if isinstance(parsed, Unparseable):
        return parsed
    try:
        world = World(parsed.layout, options, path=path, repository=repository)
        encoded = text.encode("utf-8", "surrogatepass")
        world.shows_models_alone = not options.reads_all and not depends_on_others(encoded)
        world.followed = ALONE if world.shows_models_alone else repository
        return _interpret(parsed, world, unread)
    except (CannotLower, RecursionError) as error:
        # What cannot be read of other files costs what they would have told, and no more.
        is_elsewhere = not isinstance(error, CannotLower) or bool(error.path)
        if is_elsewhere and not parsed.layout.paths:
            raise
        kept = (outline, ALONE) if is_elsewhere else (whole(text), repository)
        return interpret(text, kept[0], options, needs_whole=needs_whole, path=path, repository=kept[1])


def _interpret(parsed: Parsed, world: World, unread: tuple[Unparseable, ...]) -> FileFacts:
    world.count_mentions(parsed.layout.source)
    world.ways = find_ways(world, parsed.module)
    if trains(parsed.layout.source.encode("utf-8", "surrogatepass")):
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
        # A fix of a broken source could not be checked: the source would not parse afterwards, either.
        has_trusted_positions=parsed.layout.has_trusted_positions and not unread,
        unread=unread,
        ends_early=bool(unread),
    )


def find_syntax_error(text: str) -> Unparseable | None:
    """Where and why `text` is no Python; None where it is."""
    parsed = parse(text)
    return parsed if isinstance(parsed, Unparseable) else None


def parses(text: str) -> bool:
    """Whether `text` is Python."""
    return find_syntax_error(text) is None
