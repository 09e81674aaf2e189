"""`python -m optimlint` is the command `optimlint`."""

from optimlint.cli import main

if __name__ == "__main__":
    main()
