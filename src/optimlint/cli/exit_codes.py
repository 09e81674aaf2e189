"""The exit codes. Failing wins over finding."""

FOUND_NOTHING = 0
FOUND = 1
FAILED = 2
INTERRUPTED = 130
