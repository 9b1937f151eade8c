"""The `greenroom` command: what `python -m service` does, and three looks at this copy.

The looks need typer; keeping and running do not load it, because they stay in memory.
"""

from __future__ import annotations

import sys

from service import exits
from service.__main__ import main as do


def main() -> int:
    """Do what the command line says; return the exit code."""
    arguments = sys.argv[1:]
    if arguments in ([], ["run"]):
        return do(arguments)
    from service.commands import app

    try:
        app(args=arguments, prog_name="greenroom")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else exits.WELL
    return exits.WELL
