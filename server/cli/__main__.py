"""`python -m server.cli` is `meguri`."""

from server.cli import main

if __name__ == "__main__":
    main()
