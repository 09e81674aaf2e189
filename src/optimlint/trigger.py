"""The scan that spares most files the parse."""


def may_matter(source: bytes) -> bool:
    """Whether any rule could say something about `source`."""
    return b"optim" in source or b"param" in source


def notebook_may_matter(source: bytes) -> bool:
    """The same of a notebook's JSON, the commonest escapes undone: else `\\nimport` would hide a word from a scan that
    asks where words begin, and `\\"params\\"` a key in quotes."""
    return may_matter(source.replace(b"\\n", b"\n").replace(b"\\t", b"\t").replace(b'\\"', b'"'))
