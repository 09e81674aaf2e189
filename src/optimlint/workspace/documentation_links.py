"""Web addresses of rule pages, as far as the package metadata has them."""

import functools


def page_of(rule: str) -> str | None:
    """The address of a rule's page; None if the package metadata names no documentation site."""
    from optimlint.check import INTERNAL_ERROR

    site = documentation()
    return f"{site}/rules/{rule}/" if site and rule != INTERNAL_ERROR else None


@functools.cache
def documentation() -> str | None:
    """The address of the documentation site in the package metadata; None if there is none."""
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        listed = metadata("optimlint").get_all("Project-URL") or []
    except PackageNotFoundError:
        return None
    urls = dict(entry.split(", ", 1) for entry in listed if ", " in entry)
    site = urls.get("Documentation")
    return site.rstrip("/") if site else None
