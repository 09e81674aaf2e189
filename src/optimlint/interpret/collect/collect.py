"""Convert drafts to facts: the records of the interpreter become the plain values that rules use."""

import re
from dataclasses import replace

from optimlint.facts import FileFacts
from optimlint.facts.groups import Part
from optimlint.facts.limits import Limit
from optimlint.facts.names import Model
from optimlint.facts.optimizers import Overwrite
from optimlint.interpret.collect.call_facts import call_fact, collect_builders, collect_exhausted
from optimlint.interpret.collect.class_facts import ClassView, aliases, argument_facts, model_class_facts
from optimlint.interpret.collect.group_facts import Collector, collect_group_lists, model_of, plain_part
from optimlint.interpret.collect.hook_facts import unreturned_optimizers
from optimlint.interpret.collect.kept_weights import kept_weights
from optimlint.interpret.collect.module_facts import fresh_layers, unregistered
from optimlint.interpret.collect.name_facts import collect_filters, collect_name_lists, collect_splits
from optimlint.interpret.collect.rate_facts import flattenings
from optimlint.interpret.collect.scheduler_facts import idle_schedulers
from optimlint.interpret.collect.switch_facts import switches
from optimlint.interpret.collect.wrapped_facts import wrapped_tests
from optimlint.interpret.drafts import FilterDraft
from optimlint.interpret.models.contents import is_group_collection, is_group_mapping
from optimlint.interpret.models.recognition import inherits_optimizer
from optimlint.interpret.training.summaries import training_facts
from optimlint.interpret.values import (
    Entity,
    Mapping,
    Sequence,
    Stream,
    Value,
)
from optimlint.interpret.world import World
from optimlint.knowledge.group_keys import READ_BY_PACKAGES
from optimlint.knowledge.words import says_configuration
from optimlint.syntax import tree
from optimlint.syntax.parse import Parsed

_SUBSCRIPT = re.compile(r"""\[\s*["']([^"'\n]+)["']\s*\](?!\s*=[^=])""")
_HANDS_ON = re.compile(r"(?:super\([^)]*\)|Optimizer)\.__init__\([^)]")
"""Matches in a class that passes parameters to torch's `Optimizer.__init__`. Such a class reads its own groups; one
that wraps another optimizer reads that optimizer's groups."""
_OWN_PARAMETER = re.compile(r"\.([A-Za-z_]\w*)(?:[ \t]*:[^=\n]{0,80})?[ \t]*=[ \t]*(?:\w+\.){0,8}Parameter\(")
_GET = re.compile(r"""\.(?:get|pop|setdefault)\(\s*["']([^"'\n]+)["']""")
_OWNER = re.compile(r"\w+(?:\[\w+\])?$")
_LONGEST_OWNER = 100
"""How many characters before a key are searched for the name of its container."""
_ASKED = re.compile(r"""["']([^"'\n]+)["']\s+(?:not\s+)?in\s""")


def collect(world: World, view: ClassView, parsed: Parsed) -> FileFacts:
    """All facts about a source that has been interpreted."""
    collector = Collector(world, escaped=world.flows.escaped())
    live = [value for key, value in world.made.items() if key in world.touched]
    sequences = [value for value in live if isinstance(value, Sequence)]
    mappings = [value for value in live if isinstance(value, Mapping)]
    collector.fed = _feeding_groups(world, sequences, mappings)
    group_lists = collect_group_lists(collector, sequences, mappings)
    name_lists = collect_name_lists(collector, live)
    splits = collect_splits(collector, sequences)
    filters = tuple(one for draft in _by_order(world, world.filters) for one in collect_filters(collector, draft))
    calls = tuple(call_fact(collector, draft) for draft in sorted(world.calls.values(), key=lambda draft: draft.order))
    overwrites = tuple(
        Overwrite(collector.calls[first], collector.calls[second])
        for first, second in world.overwrites.values()
        if first in collector.calls and second in collector.calls
    )
    owners = _owners(sequences, mappings, live)
    classes = model_class_facts(view, owners, model_of)
    told = frozenset(identity for identity, _ in classes)
    builders = tuple(collect_builders(collector))
    facts = FileFacts(
        optimizer_calls=calls,
        group_lists=group_lists,
        name_lists=name_lists,
        splits=splits,
        name_filters=filters,
        exhausted_streams=tuple(collect_exhausted(collector)),
        overwrites=overwrites,
        builders=builders,
        classes=classes,
        arguments=argument_facts(owners, told, model_of),
        aliases=aliases(world, frozenset(model_of(owner).identity for owner in owners), model_of),
        frozen=tuple(_frozen(world)),
        own_parameters=frozenset(match[1] for match in _OWN_PARAMETER.finditer(world.layout.checked)),
        key_reads=_key_reads(world),
        telling_apart=frozenset(world.telling_apart),
        changed_keys=frozenset(world.changed_keys),
        unregistered=tuple(unregistered(world)),
        fresh_layers=tuple(fresh_layers(world)),
        switches=tuple(switches(world)),
        limits=tuple((one, len(world.left_unread[one])) for one in Limit if one in world.left_unread),
        training=training_facts(world),
        unreturned=tuple(unreturned_optimizers(world)),
        kept_weights=tuple(kept_weights(world, parsed.module)),
        flattenings=tuple(flattenings(collector)),
        wrapped_tests=tuple(wrapped_tests(world)),
        idle_schedulers=tuple(idle_schedulers(world, parsed.module)),
        comments=parsed.layout.comments(),
        comments_elsewhere=tuple((path, parsed.layout.comments(path)) for path in parsed.layout.paths),
    )
    return facts


def _frozen(world: World) -> dict[Part, None]:
    """The parameters whose gradients are disabled. If a model is one of several alternatives, freezing one of them
    counts for the model too, and the other way round."""
    parts = dict.fromkeys(plain_part(part) for part in world.frozen)
    also: dict[int, list[tuple[Model, Model]]] = {}
    for choice in [model_of(entity) for entity in world.choices.values()]:
        for one in choice.alternatives:
            also.setdefault(choice.identity, []).append((choice, one))
            also.setdefault(one.identity, []).append((one, choice))
    for part in list(parts):
        for known, other in also.get(part.model.identity, ()) if part.model is not None else ():
            if part.model is not None and known.contains(part.model):
                path = (*other.path, *part.model.path[len(known.path) :])
                parts[replace(part, model=replace(other, path=path))] = None
    return parts


def _key_reads(world: World) -> frozenset[str]:
    """The keys that the source reads from what may be a group of any optimizer. Reads from configurations do not
    count, nor reads in an optimizer class that passes parameters to torch's `Optimizer`, since they concern that
    class only."""
    text = world.layout.checked
    for value in world.classes.values():
        if value.scope.module:
            continue
        start, end = world.layout.span(value.node)
        if inherits_optimizer(value) and _HANDS_ON.search(text, start, end):
            text = text[:start] + " " * (end - start) + text[end:]
    # Find keys first and then what precedes each: searching for the container first would start at every word.
    owned = [(match, _owner(text, match.start())) for each in (_SUBSCRIPT, _GET) for match in each.finditer(text)]
    read = (match[1] for match, owner in owned if owner and not says_configuration(owner))
    by_packages = {key for key, package in READ_BY_PACKAGES.items() if package in world.mentions}
    return frozenset((*read, *(match[1] for match in _ASKED.finditer(text)), *by_packages))


def _owner(text: str, place: int) -> str:
    """The name or list element that ends at an offset; "" if there is none."""
    match = _OWNER.search(text[max(0, place - _LONGEST_OWNER) : place])
    return match[0] if match else ""


def _by_order(world: World, drafts: dict[tree.Node, FilterDraft]) -> list[FilterDraft]:
    return sorted(drafts.values(), key=lambda draft: world.order(draft.node))


def _feeding_groups(world: World, sequences: list[Sequence], mappings: list[Mapping]) -> set[Value]:
    """The values that group dicts, or lists of them, are made of."""
    groups: list[Value] = [value for value in sequences if is_group_collection(value)]
    groups.extend(value for value in mappings if is_group_mapping(value))
    return set(world.flows.made_of(groups))


def _owners(sequences: list[Sequence], mappings: list[Mapping], live: list[object]) -> list[Entity]:
    """The entities whose parameters the source reads."""
    found: dict[Entity, None] = {}
    for value in live:
        if isinstance(value, Stream):
            for part in value.parts:
                if part.owner is not None:
                    found[part.owner.representative()] = None
    return list(found)
