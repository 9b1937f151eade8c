"""`python -m tests.simulation SEED [COUNT]`: play a seed and tell it, or look for a bad one."""

from __future__ import annotations

import logging
import sys

import structlog

from tests.simulation.lives import play


def main() -> int:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    first = int(sys.argv[1])
    if len(sys.argv) == 2:
        ledger = play(first)
        print("\n".join(ledger.log))
        print("\n".join(ledger.broken) or "every promise was kept")
        return bool(ledger.broken)
    bad = 0
    for seed in range(first, first + int(sys.argv[2])):
        if broken := play(seed).broken:
            bad += 1
            print(f"{seed}: {broken[0]}", flush=True)
    print(f"{bad} bad seeds")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
