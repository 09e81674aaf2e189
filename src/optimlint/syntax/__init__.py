"""Text to nodes: the only package that imports libcst.

`outline` tells by Python's own parser where functions stand and whether anything can matter; `parse` is the door:
LibCST's tree, lowered (`lower`) to the nodes of `tree`, each with its offsets in the source. `templates` says what each
kind of LibCST's nodes is written with. `explain` words what is no Python, `broken` finds what can be read of it all the
same, and `indentation` what only LibCST refuses.

Importing this package does not import libcst; `parse` and `lower` do.
"""
