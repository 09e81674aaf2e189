"""Text to nodes: the only package that imports libcst.

`outline` tells by Python's own parser where functions stand and whether anything can matter; `parse` is the door to the
nodes of `tree`, each with its offsets in the source. They are made of Python's tree (`python_statements`,
`python_expressions`, and `fields` of strings), with the tokens that tell of parentheses and commas (`tokens`). Where
that tells too little, LibCST's tree is lowered (`by_libcst`, `lower`); `templates` says what each kind of its nodes is
written with. `explain` words what is no Python, `broken` finds what can be read of it all the same, and `indentation`
what only LibCST refuses.

Importing libcst takes longer than reading a script: `by_libcst` does it, when it is needed.
"""
