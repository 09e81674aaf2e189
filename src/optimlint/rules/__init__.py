"""Every rule, in the order in which users see them."""

from optimlint.rule import Rule
from optimlint.rules import (
    always_true_name_test,
    bypassed_param_groups,
    clip_scaled_gradients,
    clip_without_effect,
    discarded_gradients,
    eval_mode_kept,
    exact_name_filter,
    exhausted_parameters,
    ignored_group_key,
    inherited_decay,
    inverted_decay,
    layer_made_in_forward,
    missing_zero_grad,
    overlapping_groups,
    overwritten_optimizer,
    requires_grad_no_effect,
    same_decay_groups,
    string_no_decay,
    uncalled_group_builder,
    uncovered_parameters,
    unmatched_no_decay,
    unparseable,
    unregistered_parameter,
    unused_no_decay,
    unused_param_groups,
    unused_suppression,
)

RULES: tuple[Rule, ...] = (
    bypassed_param_groups.RULE,
    unused_param_groups.RULE,
    unused_no_decay.RULE,
    overwritten_optimizer.RULE,
    uncalled_group_builder.RULE,
    exhausted_parameters.RULE,
    uncovered_parameters.RULE,
    overlapping_groups.RULE,
    string_no_decay.RULE,
    exact_name_filter.RULE,
    unmatched_no_decay.RULE,
    always_true_name_test.RULE,
    inverted_decay.RULE,
    inherited_decay.RULE,
    ignored_group_key.RULE,
    same_decay_groups.RULE,
    unregistered_parameter.RULE,
    requires_grad_no_effect.RULE,
    layer_made_in_forward.RULE,
    discarded_gradients.RULE,
    missing_zero_grad.RULE,
    clip_scaled_gradients.RULE,
    clip_without_effect.RULE,
    eval_mode_kept.RULE,
    unparseable.RULE,
    unused_suppression.RULE,
)
UNPARSEABLE = unparseable.RULE
UNUSED_SUPPRESSION = unused_suppression.RULE
ABOUT_THE_END = frozenset({unused_param_groups.RULE})
"""Rules about what is not used up to the end: they say nothing where the end is not known."""
