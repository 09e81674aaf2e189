"""Write the expected text of every fixture after its fixes; read the difference before you commit it.

    python scripts/bless.py [FIXTURE…]

Names are prefixes below `fixtures/` (`bypassed-param-groups`); without any, all fixtures are written.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from fixtures_support import FIXTURES, Case, cases, repair


def main(prefixes: tuple[str, ...]) -> None:
    for case in cases():
        if case.name.startswith(prefixes or ("",)):
            for path in _bless(case):
                print(path.relative_to(FIXTURES.parent))


def _bless(case: Case) -> list[Path]:
    """Update the expected files of one fixture. Returns those that changed."""
    files = case.read()
    changed = []
    for file, content in repair(case, files).items():
        golden = case.golden(file)
        wanted = content if content != files[file] else None
        if wanted == (golden.read_bytes() if golden.exists() else None):
            continue
        if wanted is None:
            golden.unlink()
        else:
            golden.write_bytes(wanted)
        changed.append(golden)
    return changed


if __name__ == "__main__":
    main(tuple(sys.argv[1:]))
