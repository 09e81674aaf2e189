"""The lines on standard error that say what the run did, and what it could not do."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from optimlint.check import INTERNAL_ERROR
from optimlint.cli.outcome import Failure, FailureKind
from optimlint.cli.paths import shown
from optimlint.cli.run import is_fixable
from optimlint.cli.terminal import count, visible
from optimlint.diagnostic import Applicability, Diagnostic
from optimlint.rules import UNPARSEABLE
