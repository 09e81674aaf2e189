"""Facts about libraries and naming conventions, as data with small lookup functions. Imports nothing else of
optimlint."""
