"""The `greenroom` command: what `python -m service` does, by the name that installing gives it."""

from __future__ import annotations

import sys

from service.__main__ import main as do

USAGE = "usage: greenroom [run]"


def main() -> int:
    """Do what the command line says; return the exit code."""
    arguments = sys.argv[1:]
    if arguments in (["--help"], ["-h"]):
        print(USAGE)
        return 0
    return do(arguments)
