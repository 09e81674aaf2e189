"""Import resolution and cross-file queries over one repository.

All of it is pure: files come through the protocol `Sources`, and each file is read when it is first asked for.
`repository` is the entry point. `imports` extracts import statements with regular expressions, `modules` resolves them
to files, `graph` is the import graph, `search` finds the files that contain a word, `outlines` says how a file uses
given words (with `ast`), `naming` resolves dotted names to modules and classes, and `uses` combines these to decide
whether another file uses a name.
"""
