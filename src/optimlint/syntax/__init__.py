"""Source text to syntax nodes. The only package that imports libcst.

`outline` uses Python's own parser to find the functions and to decide whether a source is worth parsing. `parse` is the
entry point: it parses with LibCST and lowers the result (`lower`) to the nodes of `tree`, each with its offsets in the
source. `templates` lists the tokens of each kind of LibCST node. `explain` turns parser errors into messages, `broken`
recovers the readable part of a source with a syntax error, and `indentation` handles tabs that only LibCST rejects.

Importing this package does not import libcst; importing `parse` or `lower` does.
"""
