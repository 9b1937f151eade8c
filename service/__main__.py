"""`python -m service` keeps the service alive; `python -m service run` is the service."""

from __future__ import annotations

import sys

from service import exits


def main(arguments: list[str]) -> int:
    """Do what the first argument says; each way imports just what it needs."""
    match arguments:
        case []:
            from service.keeper import main as keep

            return keep()
        case ["run"]:
            from service.running import main as run

            return run()
        case ["plan"]:
            from service.planning import main as plan

            return plan()
        case ["--help"]:
            from service.cli import main as commands

            return commands()
        case _:
            print("python -m service [run]; all commands: greenroom --help", file=sys.stderr)
            return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:  # nothing has been started that could be ended in order
        sys.exit(exits.INTERRUPTED)
