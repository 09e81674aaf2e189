"""The scan that spares most files the parse."""


def may_matter(source: bytes) -> bool:
    """Whether any rule could say something about `source`."""
    return b"optim" in source or b"param" in source
