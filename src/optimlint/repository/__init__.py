"""A repository as modules: names to files, imports resolved, and who can use what a module defines.

Pure: files come through the protocol `Files`. `imports` reads the import statements of a text by regular expressions,
`modules` resolves them, `graph` knows who imports whom, `outline` reads by `ast` what a file does with some words, and
`uses` decides from these whether another file uses a name.
"""
