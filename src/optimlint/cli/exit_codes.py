"""The exit codes. A failure takes precedence over findings."""

FOUND_NOTHING = 0
FOUND = 1
FAILED = 2
INTERRUPTED = 130
