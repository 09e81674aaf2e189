"""Which configuration applies to a file, and so which files are excluded and which rules run."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimlint.diagnostic import Severity
from optimlint.options import Options
from optimlint.workspace.configuration import FILE_NAMES, Config, read_config
from optimlint.workspace.paths import path_within
from optimlint.workspace.rule_selectors import NO_CHOICE, Selection, choose, rules_of

if TYPE_CHECKING:
    from optimlint.workspace.gitignore import Patterns

DEFAULT_EXCLUDES = frozenset(
    {
        ".bzr",
        ".direnv",
        ".eggs",
        ".git",
        ".git-rewrite",
        ".hg",
        ".hypothesis",
        ".ipynb_checkpoints",
        ".mypy_cache",
        ".nox",
        ".pants.d",
        ".pyenv",
        ".pytest_cache",
        ".pytype",
        ".ruff_cache",
        ".svn",
        ".tox",
        ".venv",
        ".vscode",
        "__pycache__",
        "__pypackages__",
        "_build",
        "buck-out",
        "build",
        "dist",
        "node_modules",
        "site-packages",
        "venv",
    }
)
"""Folders that contain nothing written by the project's authors."""


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The command line's overrides of, and additions to, the configuration files.

    Its patterns are relative to `folder` and to each of `others`, the folders outside of it that are checked. `config`
    is the only configuration if `--config` or `--isolated` was given. `reads_pages` turns on pages with code blocks,
    and `respects_suppressions` suppression comments.
    """

    folder: str
    selection: Selection = NO_CHOICE
    exclude: tuple[str, ...] | None = None
    extend_exclude: tuple[str, ...] = ()
    config: Config | None = None
    reads_pages: bool = False
    respects_suppressions: bool = True
    others: tuple[str, ...] = ()


class Settings:
    """The settings of each file. Every configuration is read once, on demand."""

    __slots__ = ("_configs", "_excludes", "_ignores", "_line", "_options")

    def __init__(self, line: CommandLine) -> None:
        self._line = line
        self._configs: dict[str, Config] = {}
        self._excludes: dict[Config, tuple[frozenset[str], tuple[Patterns, ...]]] = {}
        self._ignores: dict[Config, tuple[_PerFileIgnore, ...]] = {}
        self._options: dict[tuple[Config, frozenset[str]], Options] = {}

    def config(self, folder: str) -> Config:
        """The nearest configuration for the files of `folder`."""
        asking: list[str] = []
        found = self._line.config
        while found is None:
            found = self._configs.get(folder) or _config_in(folder)
            asking.append(folder)
            parent = os.path.dirname(folder)
            if found is None and parent == folder:
                found = Config(self._line.folder)
            folder = parent
        self._configs.update(dict.fromkeys(asking, found))
        return found

    def is_excluded(self, path: str, *, is_folder: bool) -> bool:
        """Whether a file or folder is excluded, not considering the folders above it."""
        folder, name = os.path.split(path)
        names, patterns = self._excluded(self.config(folder))
        return name in names or any(each.verdict(path, is_folder=is_folder) for each in patterns)

    def reads_pages(self, folder: str) -> bool:
        """Whether pages with code blocks are checked in `folder`."""
        return self._line.reads_pages or self.config(folder).markdown

    def options(self, path: str) -> Options:
        """The options for the file at `path`."""
        config = self.config(os.path.dirname(path))
        ignored = frozenset(name for ignore in self._per_file(config) if ignore.holds(path) for name in ignore.rules)
        if (config, ignored) not in self._options:
            self._options[config, ignored] = self._chosen(config, ignored)
        return self._options[config, ignored]

    def _chosen(self, config: Config, ignored: frozenset[str]) -> Options:
        layers = [layer for layer in (config.selection, self._line.selection) if layer != NO_CHOICE]
        rules = choose(layers) - ignored if layers or ignored else None
        return Options(
            rules,
            config.optimizers,
            config.group_builders,
            config.group_consumers,
            self._line.respects_suppressions,
            severities=_severities(config),
        )

    def _excluded(self, config: Config) -> tuple[frozenset[str], tuple["Patterns", ...]]:
        if config not in self._excludes:
            line = self._line
            sources = [(config.folder, config.extend_exclude)]
            for folder in (line.folder, *line.others):
                sources += [(folder, line.extend_exclude), (folder, line.exclude or ())]
            if line.exclude is None and config.exclude is not None:
                sources.append((config.folder, config.exclude))
            names = DEFAULT_EXCLUDES if line.exclude is None and config.exclude is None else frozenset[str]()
            self._excludes[config] = names, tuple(_compiled(*source) for source in sources if source[1])
        return self._excludes[config]

    def _per_file(self, config: Config) -> tuple["_PerFileIgnore", ...]:
        if config not in self._ignores:
            self._ignores[config] = tuple(
                _PerFileIgnore(
                    _compiled(config.folder, (pattern.removeprefix("!"),)), not pattern.startswith("!"), rules_of(rules)
                )
                for pattern, rules in config.per_file_ignores
            )
        return self._ignores[config]


def _severities(config: Config) -> tuple[tuple[str, Severity], ...]:
    """Severities by rule name; the more specific selector wins."""
    ranked = sorted(config.severity, key=lambda pair: len(rules_of([pair[0]])), reverse=True)
    weights = {name: Severity(weight) for selector, weight in ranked for name in rules_of([selector])}
    return tuple(sorted(weights.items(), key=lambda pair: pair[0]))


@dataclass(frozen=True, slots=True)
class _PerFileIgnore:
    """Rules that do not run on files that match a pattern, or with a leading `!` on files that do not."""

    patterns: "Patterns"
    wanted: bool
    rules: frozenset[str]

    def holds(self, path: str) -> bool:
        return bool(self.patterns.verdict(path)) == self.wanted


def _config_in(folder: str) -> Config | None:
    for name in FILE_NAMES:
        file = os.path.join(folder, name)
        if os.path.isfile(file) and (config := read_config(file, folder)):
            return config
    return None


def _compiled(folder: str, patterns: tuple[str, ...]) -> "Patterns":
    from optimlint.workspace.gitignore import compile_patterns

    lines = []
    for pattern in patterns:
        within = path_within(os.path.normpath(pattern), folder) if os.path.isabs(pattern) else None
        lines.append(f"/{within}" if within else pattern.removeprefix("./"))
    return compile_patterns(folder, lines)
