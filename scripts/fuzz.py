"""Looks for files that break the laws of tests/laws.py, for as long as you like: `make fuzz MINUTES=60`.

Three kinds of worker take turns until the time is over: fixtures that are mutated, guided by coverage where atheris is
installed; programs that pysource-codegen makes; programs that hypothesmith makes. A worker writes down each file before
it is tried, so that what kills it is known. What breaks a law is shrunk and kept in .fuzz/broken until the next run,
once for each way in which it does, with the words of the law beside it. Fails if there is any.
"""

import argparse
import ast
import hashlib
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hypothesis import settings
    from hypothesis.strategies import SearchStrategy

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

# optimlint is imported by the workers only, where atheris has made ready to watch it.

WORK = ROOT / ".fuzz"
BROKEN = WORK / "broken"
CORPUS = WORK / "corpus"
SECONDS_A_FILE = 20
"""CPU time that a law may take for one file of a few kilobytes."""
SECONDS_TO_SHRINK = 60
PATIENCE = 180
"""Seconds after its time in which a worker must have ended; one that has not hangs where Python cannot interrupt it."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long to go on (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="what chance begins with")
    parser.add_argument("--kind", choices=sorted(WORKERS), action="append", help="only workers of this kind")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    kinds = arguments.kind or sorted(WORKERS)
    if arguments.worker:
        WORKERS[kinds[0]](time.monotonic() + 60 * arguments.minutes, arguments.seed)
        return 0
    BROKEN.mkdir(parents=True, exist_ok=True)
    for kept in BROKEN.iterdir():
        kept.unlink()
    for kind in kinds:
        (WORK / f"tried-{kind}").unlink(missing_ok=True)
        run(kind, 60 * arguments.minutes / len(kinds), arguments.seed)
    return report(kinds, arguments.seed)


def run(kind: str, seconds: float, seed: int) -> None:
    """Workers of one kind, one after the other: a new one for each that dies before its time."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        options = ["--kind", kind, "--minutes", str(left / 60), "--seed", str(seed)]
        worker = subprocess.Popen([sys.executable, __file__, "--worker", *options], stderr=subprocess.PIPE, text=True)
        try:
            _, said = worker.communicate(timeout=left + PATIENCE)
        except subprocess.TimeoutExpired:
            worker.kill()
            _, said = worker.communicate()
            said += "\nit hung"
        if worker.returncode:
            keep_what_killed(kind, worker.returncode, said)
        seed += 1


def report(kinds: list[str], seed: int) -> int:
    """Says what was tried and what broke; 1 if anything did."""
    for kind in kinds:
        tried = WORK / f"tried-{kind}"
        print(f"{kind}: {int(tried.read_text()) if tried.exists() else 0:,} files tried, from seed {seed}")
    kept = sorted(path for path in BROKEN.iterdir() if path.suffix == ".txt")
    for path in kept:
        print(f"{path.relative_to(ROOT)}: {path.read_text(encoding='utf-8').splitlines()[0]}")
    print(f"{len(kept)} ways to break a law" if kept else "no law was broken")
    return 1 if kept else 0


def keep_what_killed(kind: str, status: int, said: str) -> None:
    """Keep the file that a worker had when it died, and its last words."""
    current = next(WORK.glob(f"current-{kind}.*"), None)
    if current is None:
        raise SystemExit(f"a worker of {kind} could not start:\n{said}")
    name = f"died-{hashlib.sha256(current.read_bytes()).hexdigest()[:12]}"
    (BROKEN / f"{name}{current.suffix}").write_bytes(current.read_bytes())
    words = "\n".join(line for line in said.splitlines() if not line.startswith("INFO"))
    (BROKEN / f"{name}.txt").write_text(f"the worker ended with {status}\n{words[-4000:]}\n", encoding="utf-8")


class Trial:
    """Tries files one by one, counts them, and keeps what breaks a law."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._tried = WORK / f"tried-{kind}"
        self.count = int(self._tried.read_text()) if self._tried.exists() else 0

    def look(self, content: bytes, path: str) -> None:
        """Try one file."""
        from laws import broken_laws

        current = WORK / f"current-{self._kind}{Path(path).suffix}"
        current.write_bytes(content)
        for broken in broken_laws(content, path, SECONDS_A_FILE):
            self._keep(content, path, broken.law, broken.how)
        current.unlink()
        self.count += 1
        self._tried.write_text(str(self.count))

    def _keep(self, content: bytes, path: str, law: str, how: str) -> None:
        from laws import broken_laws

        name = f"{law.replace(' ', '-')}-{_fingerprint(how)}"
        if (BROKEN / f"{name}.txt").exists():
            return

        def is_still_broken(smaller: bytes) -> bool:
            return any(one.law == law for one in broken_laws(smaller, path, SECONDS_A_FILE))

        small = shrunk(content, is_still_broken, time.monotonic() + SECONDS_TO_SHRINK)
        (BROKEN / f"{name}{Path(path).suffix}").write_bytes(small)
        said = next((one.how for one in broken_laws(small, path, SECONDS_A_FILE) if one.law == law), how)
        (BROKEN / f"{name}.txt").write_text(f"{law}\nas {path}: {said}\n", encoding="utf-8", errors="replace")


def shrunk(content: bytes, is_still_broken: Callable[[bytes], bool], end: float) -> bytes:
    """A smaller file that is still broken: by its syntax where it is Python, and by its lines."""

    def check(smaller: bytes) -> bool:
        return time.monotonic() < end and is_still_broken(smaller)

    with suppress(ImportError, SyntaxError, ValueError, RecursionError):
        from pysource_minimize import minimize

        text = content.decode()
        ast.parse(text)
        by_syntax = minimize(text, lambda one: check(one.encode("utf-8", "surrogatepass")), compilable=False).encode()
        content = by_syntax if check(by_syntax) else content
    return _with_fewer_lines(content, check)


def _with_fewer_lines(content: bytes, check: Callable[[bytes], bool]) -> bytes:
    lines = content.splitlines(keepends=True)
    size = len(lines) // 2
    while size:
        place = 0
        while place < len(lines):
            fewer = lines[:place] + lines[place + size :]
            if check(b"".join(fewer)):
                lines = fewer
            else:
                place += size
        size //= 2
    return b"".join(lines)


def mutations(end: float, seed: int) -> None:
    """Mutated fixtures in every shape; guided by coverage where atheris is installed."""
    try:
        import atheris
    except ImportError:
        mutations_by_chance(end, seed)
        return
    with atheris.instrument_imports(include=["optimlint"]):
        import laws  # noqa: F401  It imports all that checks and fixes.
        from mutations import mutate, seeds

        import optimlint.interpret  # noqa: F401
    trial = Trial("mutations")
    shutil.rmtree(CORPUS, ignore_errors=True)
    CORPUS.mkdir(parents=True)
    seconds = max(int(end - time.monotonic()), 1)
    # All of the corpus is tried first, whatever the time.
    for text in Random(seed).sample(seeds(), min(len(seeds()), seconds)):
        content = text.encode("utf-8", "surrogatepass")
        (CORPUS / hashlib.sha1(content).hexdigest()).write_bytes(content)

    def look(content: bytes) -> None:
        trial.look(*_shaped(content.decode("utf-8", "replace"), Random(content)))

    def mutated(content: bytes, size: int, number: int) -> bytes:
        random = Random(number)
        if random.random() < 0.1:
            by_libfuzzer: bytes = atheris.Mutate(content, size)
            return by_libfuzzer
        return mutate(content.decode("utf-8", "replace"), random).encode("utf-8", "replace")[:size]

    options = [f"-max_total_time={seconds}", f"-timeout={PATIENCE}", "-rss_limit_mb=4096", "-max_len=6000"]
    quiet = ["-verbosity=0", "-print_final_stats=0", f"-seed={seed % 2**31 or 1}", f"-artifact_prefix={WORK}/artifact-"]
    atheris.Setup([__file__, *options, *quiet, str(CORPUS)], look, custom_mutator=mutated)
    atheris.Fuzz()


def mutations_by_chance(end: float, seed: int) -> None:
    """The same without coverage."""
    from mutations import mutate, seeds

    trial = Trial("mutations")
    random = Random(seed)
    while time.monotonic() < end:
        trial.look(*_shaped(mutate(random.choice(seeds()), random), random))


def _shaped(text: str, random: Random) -> tuple[bytes, str]:
    """A program in one of the shapes that a file may have, in one of the encodings."""
    from mutations import SHAPES, encoded

    path = random.choice(["train.py"] * 4 + sorted(SHAPES))
    shaped = SHAPES[path](text, random)
    return (encoded(shaped, random) if random.random() < 0.1 else shaped.encode("utf-8", "surrogatepass")), path


def generated(end: float, seed: int) -> None:
    """Programs of any grammar, with the names of training code."""
    from mutations import dressed, mutate
    from pysource_codegen import generate

    trial = Trial("generated")
    random = Random(seed)
    while time.monotonic() < end:
        program = generate(random.randrange(2**31), node_limit=random.choice([30, 100, 300]), depth_limit=7)
        trial.look(dressed(program).encode("utf-8", "surrogatepass"), "train.py")
        trial.look(*_shaped(mutate(dressed(program), random), random))


def smithed(end: float, seed: int) -> None:
    """Programs of hypothesmith: by Python's grammar, and by LibCST's nodes."""
    trial = Trial("smithed")
    for text in _smithed(end, seed):
        trial.look(b"# optimlint:\n" + text.encode("utf-8", "surrogatepass"), "train.py")


def _smithed(end: float, seed: int) -> Iterator[str]:
    import hypothesmith
    from hypothesis import HealthCheck, Phase, settings

    few = settings(
        max_examples=20,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    for number in range(seed, sys.maxsize):
        for strategy in (hypothesmith.from_grammar(), hypothesmith.from_grammar(), hypothesmith.from_node()):
            for text in _examples(few, strategy, number):
                if time.monotonic() > end:
                    return
                yield text


def _examples(few: "settings", strategy: "SearchStrategy[str]", number: int) -> list[str]:
    from hypothesis import given, seed

    made: list[str] = []

    @seed(number)
    @few
    @given(strategy)
    def note(text: str) -> None:
        made.append(text)

    note()
    return made


def _fingerprint(how: str) -> str:
    """The same for what breaks alike: numbers and names of the file are left out."""
    last = how.strip().splitlines()[-1] if "Traceback" in how else how.partition("\n")[0]
    return hashlib.sha256(re.sub(r"`[^`]*`|\d+", "", last).encode("utf-8", "replace")).hexdigest()[:12]


WORKERS: dict[str, Callable[[float, int], None]] = {
    "mutations": mutations,
    "generated": generated,
    "smithed": smithed,
}

if __name__ == "__main__":
    sys.exit(main())
