"""`python -m htrkit` is `htrkit`."""

from htrkit.cli.main import main

if __name__ == "__main__":
    main()
