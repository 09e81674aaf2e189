"""Checks real code and compares the findings with the verdicts of people who read it.

    scripts/wild.py [NAME ...]              published packages: wild/packages.txt, wild/verdicts.toml
    scripts/wild.py --checkouts FOLDER      public repositories: wild/repositories.txt, wild/repositories.toml

Packages are downloaded. Repositories are not: FOLDER contains a checkout of each, named `<owner>__<name>`, at the
commit in wild/repositories.txt (for sources without history, a file `.commit` contains the commit). Checkouts that are
missing, or at another commit, are listed and left out.

Every finding needs a verdict, `true` or `false alarm`, and the reason, written after reading the code. `missed` is a
bug that was found by reading and is not reported yet. The run fails on a finding without a verdict, on a verdict
without its finding, and on a missed bug that is reported now. A full run writes the figures.

With `--reads-all`, verdicts are ignored. Each file is checked by itself twice: as users do, and with all of it lowered
and read, whether or not anything can matter. The run fails on a file for which the findings differ.
"""

import argparse
import json
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from multiprocessing import Pool
from pathlib import Path

from wheels import ROOT, pinned_packages, source_of

from optimlint import RULES, Options, __version__, check_notebook, check_source
from optimlint.trigger import may_matter

WILD = ROOT / "wild"
TRUE, _, MISSED = KINDS = ("true", "false alarm", "missed")
ALL_RULES = Options(rules=frozenset(rule.name for rule in RULES))
BOTH = (ALL_RULES, replace(ALL_RULES, reads_all=True))
"""Reading on demand, and reading everything."""
CHECK = [sys.executable, "-m", "optimlint", "check", "--isolated", "--no-respect-gitignore", "--quiet"]


@dataclass(frozen=True, slots=True)
class Collection:
    """Sources of one kind: the files of their verdicts and figures, and how they are checked."""

    title: str
    key: str
    """The key of the source in a verdict: `package` or `repository`."""
    verdicts: Path
    figures: Path
    command: str
    options: tuple[str, ...] = ()


PACKAGES = Collection("published packages", "package", WILD / "verdicts.toml", WILD / "figures.md", "make wild")
REPOSITORIES = Collection(
    "public repositories",
    "repository",
    WILD / "repositories.toml",
    WILD / "repositories.md",
    "scripts/wild.py --checkouts FOLDER",
    ("--select", "ALL", "--ignore", "unparseable,unused-suppression"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """A folder to check. `name` is its name in verdicts, and `version` pins its content."""

    name: str
    version: str
    folder: Path
    is_searched: bool = False
    """Whether a person has also searched it for missed bugs."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """The place of a finding, which verdicts refer to. It is stable as long as the source's version is the same."""

    source: str
    file: str
    cell: int
    line: int
    rule: str

    def __str__(self) -> str:
        cell = f"cell {self.cell}:" if self.cell else ""
        return f"{self.source}: {self.file}:{cell}{self.line}: {self.rule}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict of a person who read the code at a place."""

    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result for one source: the number of its files and of those that were parsed, and the message at each
    place."""

    source: Source
    files: int
    parsed: int
    findings: dict[Place, str]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", metavar="NAME", nargs="*", help="only these; the figures are left alone")
    parser.add_argument("--checkouts", metavar="FOLDER", type=Path, help="check the repositories checked out there")
    parser.add_argument("--reads-all", action="store_true", help="hold reading on demand against reading everything")
    arguments = parser.parse_args()
    collection = REPOSITORIES if arguments.checkouts else PACKAGES
    listed = list(_checkouts(arguments.checkouts) if arguments.checkouts else _packages())
    chosen = [source for source in listed if not arguments.names or source.name in arguments.names]
    present = [source for source in chosen if _is_there(source)]
    if arguments.reads_all:
        return compare_with_reading_all(present)
    outcomes = [check(source, collection) for source in present]
    names = {source.name for source in present}
    verdicts = {place: verdict for place, verdict in read_verdicts(collection).items() if place.source in names}
    if len(present) == len(listed):
        collection.figures.write_text(figures(collection, outcomes, verdicts), encoding="utf-8")
    return report(collection, outcomes, verdicts)


def _packages() -> Iterable[Source]:
    for requirement in pinned_packages():
        name, _, version = requirement.partition("==")
        yield Source(name, version, source_of(requirement))


def _checkouts(folder: Path) -> Iterable[Source]:
    """The repositories of wild/repositories.txt. Each line is `owner/name commit`, followed by `searched` if it was."""
    for line in (WILD / "repositories.txt").read_text(encoding="utf-8").splitlines():
        if words := line.partition("#")[0].split():
            yield Source(words[0], words[1], folder.resolve() / words[0].replace("/", "__"), "searched" in words[2:])


def _is_there(source: Source) -> bool:
    """Whether the folder contains the version. A package's folder is named after its version."""
    if "/" not in source.name:
        return True
    commit = _commit(source.folder)
    if commit != source.version:
        state = f"is at {commit[:12]}, not {source.version[:12]}" if commit else "is not checked out"
        print(f"{source.name} {state}: left out", file=sys.stderr)
    return commit == source.version


def _commit(folder: Path) -> str:
    noted = folder / ".commit"
    if noted.exists():
        return noted.read_text(encoding="utf-8").strip()
    done = subprocess.run(["git", "-C", str(folder), "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip() if (folder / ".git").exists() else ""


def check(source: Source, collection: Collection) -> Outcome:
    """Run optimlint on one source, as a user would on a repository."""
    command = [*CHECK, *collection.options, "--output-format", "json", "."]
    done = subprocess.run(command, cwd=source.folder, capture_output=True, check=False)
    if done.returncode not in {0, 1, 2} or not done.stdout:
        raise SystemExit(f"{source.name}: optimlint ended with {done.returncode}\n{done.stderr.decode()}")
    for line in done.stderr.decode().splitlines():
        print(f"{source.name}: {line}", file=sys.stderr)
    findings = {_place(source, found): str(found["message"]) for found in json.loads(done.stdout)}
    files = [path for path in source.folder.rglob("*") if _is_code(path)]
    return Outcome(source, len(files), sum(may_matter(path.read_bytes()) for path in files), findings)


def compare_with_reading_all(sources: Iterable[Source]) -> int:
    """Print the files that have other findings if all of them is lowered and read. Returns 1 if there are any."""
    files = [path for source in sources for path in sorted(source.folder.rglob("*")) if _is_code(path)]
    with Pool() as pool:
        differing = [path for path, is_same in pool.imap(_is_same_read_whole, files, chunksize=16) if not is_same]
    for path in differing:
        print(f"{path}: reading all of it finds something else")
    print(f"# {len(files)} files, {len(differing)} of them with other findings where all is read")
    return 1 if differing else 0


def _is_same_read_whole(path: Path) -> tuple[Path, bool]:
    """Whether a file has the same findings either way. Syntax errors are ignored, since a file in which nothing can
    matter is not parsed."""
    content = path.read_bytes()
    checker = check_notebook if path.suffix == ".ipynb" else check_source
    on_demand, whole = (
        [one for one in checker(content, path.name, options) if one.rule != "unparseable"] for options in BOTH
    )
    return path, on_demand == whole


def _is_code(path: Path) -> bool:
    return path.suffix in {".py", ".pyi", ".ipynb"} and path.is_file()


def read_verdicts(collection: Collection) -> dict[Place, Verdict]:
    """The verdicts, by place."""
    verdicts = {}
    for entry in tomllib.loads(collection.verdicts.read_text(encoding="utf-8")).get("finding", []):
        place = Place(entry[collection.key], entry["file"], entry.get("cell", 0), entry["line"], entry["rule"])
        if entry["verdict"] not in KINDS or not entry["reason"]:
            raise SystemExit(f"{place}: a verdict is one of {KINDS} and has a reason")
        if place in verdicts:
            raise SystemExit(f"{place}: two verdicts")
        verdicts[place] = Verdict(entry["verdict"], entry["reason"])
    return verdicts


def report(collection: Collection, outcomes: list[Outcome], verdicts: dict[Place, Verdict]) -> int:
    """Print the differences between findings and verdicts. Returns 1 if there are any."""
    found = {place: message for outcome in outcomes for place, message in outcome.findings.items()}
    reported = {place for place, verdict in verdicts.items() if verdict.kind != MISSED}
    unread = sorted(found.keys() - verdicts.keys())
    gone = sorted(reported - found.keys())
    caught = sorted((verdicts.keys() - reported) & found.keys())
    for place in unread:
        print(_blank_verdict(collection, place, found[place]))
    for place in gone:
        print(f"# {place} is no longer found ({verdicts[place].kind}: {verdicts[place].reason})")
    for place in caught:
        print(f"# {place} was missed and is found now: make its verdict `{TRUE}`")
    files, parsed = sum(one.files for one in outcomes), sum(one.parsed for one in outcomes)
    kinds = Counter(verdicts[place].kind for place in found if place in verdicts)
    counts = ", ".join(f"{kinds[kind]} {kind}" for kind in KINDS[:2])
    print(
        f"# {len(outcomes)} {collection.title}, {files} files, {parsed} of them parsed; {len(found)} findings: {counts}"
    )
    print(f"# {len(unread)} without a verdict, {len(gone)} verdicts without a finding, {len(caught)} no longer missed")
    return 1 if unread or gone or caught else 0


def figures(collection: Collection, outcomes: list[Outcome], verdicts: dict[Place, Verdict]) -> str:
    """The page with the figures of one run over a whole collection."""
    places = [*{place for one in outcomes for place in one.findings} | verdicts.keys()]
    kinds = {place: verdicts[place].kind if place in verdicts else "unread" for place in sorted(places)}
    files, parsed = sum(one.files for one in outcomes), sum(one.parsed for one in outcomes)
    found = sum(len(one.findings) for one in outcomes)
    silent = ", ".join(_version(one.source) for one in outcomes if not one.findings)
    named = {one.source.name: _version(one.source) for one in outcomes}
    return "\n".join(
        [
            f"# Findings in {collection.title}\n",
            f"`{collection.command}` with optimlint {__version__}: {len(outcomes)} {collection.title}, {files:,} files,"
            f" {parsed:,} of them parsed ({parsed / max(files, 1):.1%}), {found} findings.",
            f"Each verdict and its reason stand in [{collection.verdicts.name}]({collection.verdicts.name}).",
            f"{_searched(outcomes, kinds)}\n",
            _table("rule", Counter((place.rule, kind) for place, kind in kinds.items())),
            _table(collection.key, Counter((named[place.source], kind) for place, kind in kinds.items())),
            f"Nothing was found in {silent}.\n",
        ]
    )


def _searched(outcomes: list[Outcome], kinds: dict[Place, str]) -> str:
    """How many of the known bugs were found in sources that a person searched for them, as a sentence."""
    searched = {one.source.name for one in outcomes if one.source.is_searched}
    if not searched:
        return ""
    counts = Counter(kind for place, kind in kinds.items() if place.source in searched)
    return (
        f"{len(searched)} of them were searched by people for what is missed: {counts[TRUE]} of the"
        f" {counts[TRUE] + counts[MISSED]} bugs known there are found."
    )


def _version(source: Source) -> str:
    return f"{source.name}@{source.version[:12]}" if "/" in source.name else f"{source.name}=={source.version}"


def _table(title: str, counts: Counter[tuple[str, str]]) -> str:
    columns = [kind for kind in (*KINDS, "unread") if kind != MISSED or any(one == MISSED for _, one in counts)]
    keys = sorted({key for key, _ in counts})
    rows = [f"| {key} | " + " | ".join(str(counts[key, kind]) for kind in columns) + " |" for key in keys]
    return "\n".join([f"| {title} | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|", *rows]) + "\n"


def _place(source: Source, found: dict[str, object]) -> Place:
    location, cell = found["location"], found["cell"]
    assert isinstance(location, dict)
    file = Path(str(found["filename"])).relative_to(source.folder).as_posix()
    return Place(source.name, file, cell if isinstance(cell, int) else 0, int(location["row"]), str(found["name"]))


def _blank_verdict(collection: Collection, place: Place, message: str) -> str:
    """An entry for the verdicts file in which verdict and reason are blank."""
    cell = [f"cell = {place.cell}"] if place.cell else []
    fields = [f"{collection.key} = {json.dumps(place.source)}", f"file = {json.dumps(place.file)}", *cell]
    fields += [f"line = {place.line}", f"rule = {json.dumps(place.rule)}", 'verdict = ""', 'reason = ""']
    return "\n".join(["[[finding]]", f"# {message}", *fields]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
