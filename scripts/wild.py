"""Checks the sources of published packages and compares the findings with the verdicts in wild/verdicts.toml.

Published code is nearly clean of these bugs, so every finding is guilty until read: it needs a verdict, `true` or
`false alarm`, and the reason, written after reading the code. Fails on a finding without a verdict and on a verdict
without its finding. Writes the figures to wild/figures.md.
"""

import argparse
import json
import subprocess
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from wheels import ROOT, pinned_packages, source_of

from optimlint import __version__
from optimlint.trigger import may_matter

VERDICTS = ROOT / "wild" / "verdicts.toml"
FIGURES = ROOT / "wild" / "figures.md"
KINDS = ("true", "false alarm")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a rule says something, stable as long as the package's version is: what a verdict is given on."""

    package: str
    file: str
    cell: int
    line: int
    rule: str

    def __str__(self) -> str:
        cell = f"cell {self.cell}:" if self.cell else ""
        return f"{self.package}: {self.file}:{cell}{self.line}: {self.rule}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person who read the code says of a finding."""

    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One package: how many files it has, how many of them had to be parsed, and the message at each place."""

    requirement: str
    files: int
    parsed: int
    findings: dict[Place, str]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", metavar="NAME", nargs="*", help="only these packages; the figures are left alone")
    names = parser.parse_args().names
    chosen = [one for one in pinned_packages() if not names or one.split("==")[0] in names]
    outcomes = [check(requirement) for requirement in chosen]
    packages = {one.split("==")[0] for one in chosen}
    verdicts = {place: verdict for place, verdict in read_verdicts().items() if place.package in packages}
    if not names:
        FIGURES.write_text(figures(outcomes, verdicts), encoding="utf-8")
    return report(outcomes, verdicts)


def check(requirement: str) -> Outcome:
    """Runs optimlint on one package's source, as a user would on a repository."""
    folder = source_of(requirement)
    command = [sys.executable, "-m", "optimlint", "check", "--isolated", "--no-respect-gitignore", "--quiet"]
    done = subprocess.run([*command, "--output-format", "json", "."], cwd=folder, capture_output=True, check=False)
    if done.returncode not in {0, 1, 2}:
        raise SystemExit(f"{requirement}: optimlint ended with {done.returncode}\n{done.stderr.decode()}")
    for line in done.stderr.decode().splitlines():
        print(f"{requirement}: {line}", file=sys.stderr)
    package = requirement.split("==")[0]
    findings = {_place(package, folder, found): str(found["message"]) for found in json.loads(done.stdout)}
    sources = [path for path in folder.rglob("*") if path.suffix in {".py", ".pyi", ".ipynb"} and path.is_file()]
    return Outcome(requirement, len(sources), sum(may_matter(path.read_bytes()) for path in sources), findings)


def read_verdicts() -> dict[Place, Verdict]:
    """The verdicts, by place."""
    verdicts = {}
    for entry in tomllib.loads(VERDICTS.read_text(encoding="utf-8")).get("finding", []):
        place = Place(entry["package"], entry["file"], entry.get("cell", 0), entry["line"], entry["rule"])
        if entry["verdict"] not in KINDS or not entry["reason"]:
            raise SystemExit(f"{place}: a verdict is one of {KINDS} and has a reason")
        verdicts[place] = Verdict(entry["verdict"], entry["reason"])
    return verdicts


def report(outcomes: list[Outcome], verdicts: dict[Place, Verdict]) -> int:
    """Says where findings and verdicts differ; 1 if they do."""
    found = {place: message for outcome in outcomes for place, message in outcome.findings.items()}
    unread = sorted(found.keys() - verdicts.keys())
    gone = sorted(verdicts.keys() - found.keys())
    for place in unread:
        print(_blank_verdict(place, found[place]))
    for place in gone:
        print(f"# {place} is no longer found ({verdicts[place].kind}: {verdicts[place].reason})")
    kinds = Counter(verdicts[place].kind for place in found if place in verdicts)
    files, parsed = sum(one.files for one in outcomes), sum(one.parsed for one in outcomes)
    counts = ", ".join(f"{kinds[kind]} {kind}" for kind in KINDS)
    print(f"# {len(outcomes)} packages, {files} files, {parsed} of them parsed; {len(found)} findings: {counts}")
    print(f"# {len(unread)} without a verdict, {len(gone)} verdicts without a finding")
    return 1 if unread or gone else 0


def figures(outcomes: list[Outcome], verdicts: dict[Place, Verdict]) -> str:
    """The figures of one run over all packages, as a page."""
    found = [(one.requirement, place) for one in outcomes for place in one.findings]
    kinds = {place: verdicts[place].kind if place in verdicts else "unread" for _, place in found}
    files, parsed = sum(one.files for one in outcomes), sum(one.parsed for one in outcomes)
    silent = ", ".join(one.requirement for one in outcomes if not one.findings)
    return "\n".join(
        [
            "# Findings in published packages\n",
            f"`make wild` with optimlint {__version__}: {len(outcomes)} packages, {files:,} files, {parsed:,} of them"
            f" parsed ({parsed / files:.1%}), {len(found)} findings.",
            "Each verdict and its reason stand in [verdicts.toml](verdicts.toml).\n",
            _table("rule", Counter((place.rule, kinds[place]) for _, place in found)),
            _table("package", Counter((requirement, kinds[place]) for requirement, place in found)),
            f"Nothing was found in {silent}.\n",
        ]
    )


def _table(title: str, counts: Counter[tuple[str, str]]) -> str:
    columns = (*KINDS, "unread")
    keys = sorted({key for key, _ in counts})
    rows = [f"| {key} | " + " | ".join(str(counts[key, kind]) for kind in columns) + " |" for key in keys]
    return "\n".join([f"| {title} | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|", *rows]) + "\n"


def _place(package: str, folder: Path, found: dict[str, object]) -> Place:
    location, cell = found["location"], found["cell"]
    assert isinstance(location, dict)
    file = Path(str(found["filename"])).relative_to(folder).as_posix()
    return Place(package, file, cell if isinstance(cell, int) else 0, int(location["row"]), str(found["name"]))


def _blank_verdict(place: Place, message: str) -> str:
    """An entry for verdicts.toml that lacks only the verdict."""
    cell = [f"cell = {place.cell}"] if place.cell else []
    fields = [f"package = {json.dumps(place.package)}", f"file = {json.dumps(place.file)}", *cell]
    fields += [f"line = {place.line}", f"rule = {json.dumps(place.rule)}", 'verdict = ""', 'reason = ""']
    return "\n".join(["[[finding]]", f"# {message}", *fields]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
