"""`python -m samspil` is the command line."""

from samspil.runtime.cli import main

if __name__ == "__main__":
    main()
