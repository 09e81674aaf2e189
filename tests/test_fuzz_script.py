"""scripts/fuzz.py notices files that violate a law, or kill or hang a worker, and minimizes them."""

import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "scripts"))

import fuzz


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, path in {"ROOT": tmp_path, "WORK": tmp_path, "BROKEN": tmp_path / "broken"}.items():
        monkeypatch.setattr(fuzz, name, path)
    (tmp_path / "broken").mkdir()
    return tmp_path


def test_what_keeps_the_laws_is_counted_and_not_kept(work: Path) -> None:
    trial = fuzz.Trial("generated")
    trial.look(b"x = 1\n", "train.py")
    trial.look(b"y = (\n", "train.py")
    assert fuzz.Trial("generated").count == 2
    assert fuzz.report(["generated"], 0) == 0
    assert not list(work.glob("current-*"))


def test_what_breaks_a_law_is_kept_once_and_small(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from laws import Broken

    def broken_laws(content: bytes, *_: object) -> list[Broken]:
        return [Broken("it says nothing of spam", f"found at {len(content)}")] if b"spam" in content else []

    monkeypatch.setattr("laws.broken_laws", broken_laws)
    trial = fuzz.Trial("generated")
    trial.look(b"a\nb\nspam\nc\nd\n", "page.md")
    trial.look(b"spam\nspam\n", "page.md")
    (kept,) = (work / "broken").glob("*.md")
    assert kept.read_bytes() == b"spam\n"
    assert kept.with_suffix(".txt").read_text() == "it says nothing of spam\nas page.md: found at 5\n"
    assert fuzz.report(["generated"], 0) == 1


def test_shrinking_ends_in_time() -> None:
    lines = b"".join(b"%d\n" % number for number in range(64))
    assert fuzz.shrunk(lines, lambda one: b"17\n" in one, time.monotonic() + 60) == b"17\n"
    assert fuzz.shrunk(lines, lambda one: True, time.monotonic() - 1) == lines


def test_what_killed_a_worker_is_kept(work: Path) -> None:
    (work / "current-mutations.py").write_bytes(b"x")
    fuzz.keep_what_killed("mutations", -11, "INFO: much\nlast words")
    (kept,) = (work / "broken").glob("died-*.py")
    assert kept.read_bytes() == b"x"
    assert kept.with_suffix(".txt").read_text() == "the worker ended with -11\nlast words\n"
    with pytest.raises(SystemExit, match="could not start"):
        fuzz.keep_what_killed("generated", 1, "no such module")
