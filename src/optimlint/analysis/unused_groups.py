"""Groups, name lists and splits that an optimizer in the same scope, over the same model, does not use."""

from optimlint.facts import FileFacts
from optimlint.facts.groups import Builder, GroupList, NameList, Split
from optimlint.facts.models import Exposed, exposed
from optimlint.facts.names import Scope, ScopeKind, class_around
from optimlint.facts.optimizers import AllParameters, Groups, OptimizerCall
from optimlint.knowledge.fragments import names_bias_or_norm, names_parameter
from optimlint.knowledge.words import says_no_decay


def bypassed_by(call: OptimizerCall, facts: FileFacts) -> tuple[GroupList, ...]:
    """The unused group lists of a model in the scope of a call that takes all parameters of the model."""
    match call.params:
        case AllParameters(model=model):
            return tuple(
                groups
                for groups in facts.group_lists
                if not is_read(groups, facts)
                and shares_scope(groups.scope, groups.place, call.scope)
                and any(model.may_contain(own) for own in groups.models)
            )
        case _:
            return ()


def is_read(groups: GroupList, facts: FileFacts) -> bool:
    """Whether anything in this source, or in another file that can access the list, reads it."""
    return groups.is_consumed or is_used_elsewhere(groups.scope, groups.place, facts)


def is_used_elsewhere(scope: Scope, place: str | None, facts: FileFacts) -> bool:
    """Whether another file of the repository uses the name `place` that is bound in `scope`."""
    name = exposed(scope, place)
    return name is not None and facts.elsewhere.is_used(name)


def exposed_builder(builder: Builder) -> Exposed | None:
    """The function or method by which other files can use a builder; None if they cannot."""
    around = builder.scope.parent
    return exposed(around, builder.name, is_function=True) if around is not None else None


def is_builder_used_elsewhere(builder: Builder, facts: FileFacts) -> bool:
    """Whether another file of the repository calls the builder, passes it on or names it in a configuration."""
    name = exposed_builder(builder)
    return name is not None and facts.elsewhere.is_used(name)


def shares_scope(scope: Scope, place: str | None, other: Scope) -> bool:
    """Whether code in `other` can read the name `place` that is bound in `scope`."""
    if place is not None and "." in place:
        owner = class_around(scope)
        return owner.holds(other) if owner is not None else scope.holds(other)
    return scope.holds(other)


def ignored_names(call: OptimizerCall, facts: FileFacts) -> NameList | None:
    """A no-decay list that the code never uses, in the scope of an optimizer that takes all parameters of a model."""
    if not _takes_all_alone(call, facts):
        return None
    for names in facts.name_lists:
        if names.is_consumed or names.feeds_groups or names.is_string or not _is_no_decay_list(names):
            continue
        is_here = shares_scope(names.scope, names.place, call.scope)
        if names.scope.kind is ScopeKind.MODULE:
            is_here = call.scope == names.scope
        if is_here and not is_used_elsewhere(names.scope, names.place, facts):
            return names
    return None


def ignored_split(call: OptimizerCall, facts: FileFacts) -> Split | None:
    """An unused split, by weight decay, of the model all of whose parameters the call takes."""
    if not isinstance(call.params, AllParameters) or not _takes_all_alone(call, facts):
        return None
    for split in facts.splits:
        models = [part.model for parts in split.parts for part in parts if part.model is not None]
        if split.is_consumed or split.feeds_groups or not any(call.params.model.may_contain(model) for model in models):
            continue
        is_here = shares_scope(split.scope, split.places[0], call.scope)
        if is_here and not any(is_used_elsewhere(split.scope, place, facts) for place in split.places):
            return split
    return None


def _takes_all_alone(call: OptimizerCall, facts: FileFacts) -> bool:
    """Whether the call takes all parameters, and no optimizer in an enclosing or enclosed scope takes groups."""
    return isinstance(call.params, AllParameters) and not any(
        isinstance(other.params, Groups) and (other.scope.holds(call.scope) or call.scope.holds(other.scope))
        for other in facts.optimizer_calls
    )


def _is_no_decay_list(names: NameList) -> bool:
    if names.place is None or not any(names_bias_or_norm(entry) for entry in names.entries):
        return False
    says = says_no_decay(names.place)
    return says or (len(names.entries) > 1 and all(names_parameter(entry) for entry in names.entries))
