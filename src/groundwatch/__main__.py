"""Lets `python -m groundwatch` run the command line."""

from groundwatch.cli import main

if __name__ == "__main__":
    main()
