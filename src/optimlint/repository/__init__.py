"""A repository as a program: names to files, imports resolved, and who can use what a module defines.

Pure: files come through the protocol `Sources`, and each is read when it is first asked for. `repository` is what the
others are reached by. `imports` reads the import statements of a text by regular expressions, `modules` resolves them,
`graph` knows who imports whom, `search` which files hold a word, `outlines` what they do with it (by `ast`), `naming`
what their names mean, and `uses` decides from these whether another file uses a name.
"""
