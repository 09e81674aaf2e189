"""Tests of parameter names that fail because a wrapper adds a prefix."""

from collections.abc import Iterator

from optimlint.facts.wrapped import WrappedTest
from optimlint.interpret.world import World


def wrapped_tests(world: World) -> Iterator[WrappedTest]:
    """The tests, in the order of the source. If the file has a string that starts with the prefix, it is assumed to
    handle the prefix, and the test is omitted."""
    layout = world.layout
    for draft in sorted(world.wrapped_tests.values(), key=lambda one: one.node.start):
        prefix = draft.wrapping.prefix
        first = prefix.removesuffix(".")
        is_known = any(f"{quote}{first}" in layout.source for quote in "\"'")
        if draft.node.start < len(layout.checked) and not is_known:
            yield WrappedTest(
                layout.range(draft.node),
                layout.code(draft.node),
                draft.texts,
                prefix,
                layout.code(draft.wrapping.receiver),
                layout.range(draft.wrapping.node),
                layout.range(draft.wrapping.receiver),
                draft.wrapping.bare,
            )
