"""Read older revisions from git. Checks nothing out and runs nothing that a repository configures."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from optimlint.workspace.display import visible
from optimlint.workspace.errors import CommandError

_FILES = frozenset({"100644", "100755"})
"""The modes of regular files, as opposed to links and submodules."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit of the repository with its working tree at `top`; `name` is what the user called it."""

    top: str
    commit: str
    name: str


@dataclass(frozen=True, slots=True)
class Blob:
    """A file of a revision: its object name in git and its size in bytes."""

    identity: str
    size: int


def find_revision(name: str, folder: str) -> Revision:
    """The revision that `name` means in the repository around `folder`. With `...` appended it is the merge base with
    the current branch, as for `git diff`. Raises CommandError if there is none."""
    try:
        up = _text(_git(folder, "rev-parse", "--show-cdup"))
    except GitError as error:
        raise CommandError(f"--since needs a git repository: {error}") from error
    top = os.path.normpath(os.path.join(folder, up))
    base = name.removesuffix("...")
    try:
        commit = _text(_git(top, "rev-parse", "--verify", "--end-of-options", f"{base or 'HEAD'}^{{commit}}"))
        if base != name:
            commit = _text(_git(top, "merge-base", commit, "HEAD"))
    except GitError as error:
        hint = "; a shallow clone has only its last revisions" if _is_shallow(top) else ""
        raise CommandError(f"--since {visible(name)}: no such revision{hint}") from error
    return Revision(top, commit, name)


def files_of(revision: Revision) -> dict[str, Blob]:
    """The files of a revision by path from the top, with `/` as separator."""
    listed = _git(revision.top, "ls-tree", "-r", "-z", "-l", "--full-tree", revision.commit)
    return dict(_files(listed))


def renamed_since(revision: Revision) -> dict[str, str]:
    """For each file renamed since, its old path, as git detects renames."""
    options = ("--no-ext-diff", "--no-textconv", "--ignore-submodules", "--name-status", "--find-renames", "-z")
    fields = _git(revision.top, "diff", *options, "--diff-filter=R", revision.commit, "--").split(b"\0")
    return {os.fsdecode(new): os.fsdecode(old) for old, new in zip(fields[1::3], fields[2::3], strict=False)}


def contents_of(blobs: Sequence[Blob], revision: Revision) -> Iterator[bytes]:
    """The contents of the blobs, in order."""
    asked = "".join(f"{blob.identity}\n" for blob in blobs).encode()
    answer = _git(revision.top, "cat-file", "--batch", given=asked) if blobs else b""
    place = 0
    for blob in blobs:
        begin = answer.index(b"\n", place) + 1
        yield answer[begin : begin + blob.size]
        place = begin + blob.size + 1


class GitError(Exception):
    """Git failed; the message is git's reason."""


def _git(folder: str, *arguments: str, given: bytes = b"") -> bytes:
    # A repository's configuration may name a file system monitor, which would run a program of its choice.
    command = ["git", "-c", "core.fsmonitor=false", *arguments]
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(command, cwd=folder, input=given, capture_output=True, env=environment, check=False)
    except OSError as error:
        raise GitError(f"git cannot be run: {error.strerror}") from error
    if done.returncode:
        raise GitError(_reason(done.stderr) or f"git exited with {done.returncode}")
    return done.stdout


def _reason(said: bytes) -> str:
    """Git's reason for an error, without the advice below it."""
    lines = said.decode("utf-8", "backslashreplace").strip().splitlines() or [""]
    reason = next((line for line in lines if line.startswith("fatal: ")), lines[-1])
    return visible(reason.removeprefix("fatal: "))


def _text(output: bytes) -> str:
    return os.fsdecode(output.rstrip(b"\r\n"))


def _is_shallow(top: str) -> bool:
    try:
        return _text(_git(top, "rev-parse", "--is-shallow-repository")) == "true"
    except GitError:
        return False


def _files(listed: bytes) -> Iterator[tuple[str, Blob]]:
    for record in listed.split(b"\0"):
        described, _, path = record.partition(b"\t")
        mode, *_, identity, size = described.decode("ascii").split() or ["", "", ""]
        if mode in _FILES:
            yield os.fsdecode(path), Blob(identity, int(size))
