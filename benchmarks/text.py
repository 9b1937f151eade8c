"""How long a model's text takes to become pages, and a growing one to be shown again.

    python -m benchmarks.text

Prints one line per length. The promise: at most 2 ms for 4 kB, and linear in the length. A preview
is rendered after every 60 characters of a growing answer; its price is that of its last paragraph.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial

from service.channels.telegram.text import Preview, Profile, paginate

PARAGRAPH = (
    "The **quick** brown fox jumps over the lazy dog while `process()` keeps running; see "
    "[the manual](https://docs.example.org/guide) for more. It costs $5 and takes ten minutes "
    "on a small machine, which is fine for most people who try it at home.\n\n"
)
ENTRIES = (
    "1. First do this thing, which takes a *while*.\n2. Then do the other thing.\n   - with care\n"
    "   - and with `patience`\n3. Finish.\n\n"
)
CODE = "```python\ndef main():\n    for i in range(10):\n        print(i)\n    return None\n```\n\n"
TABLE = (
    "| name | value | note |\n|------|------:|------|\n| alpha | 1 | first |\n"
    "| beta | 2 | second |\n| gamma | 3 | **third** |\n\n"
)
ANSWER = "".join(
    ("## A heading\n\n", PARAGRAPH * 2, ENTRIES, PARAGRAPH, CODE, PARAGRAPH, TABLE, "> Quote.\n\n")
)
PROMISE_MS = 2.0


def best(work: Callable[[], object], rounds: int) -> float:
    """Return the milliseconds of the quickest of *rounds*."""
    found = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found) * 1e3


def main() -> int:
    """Print the table; fail if 4 kB take too long or the price per kB grows."""
    text = ANSWER * 80
    price: dict[int, float] = {}
    print("characters   rich ms   classic ms   rich us/kB   preview us/render")
    for length in (1024, 4096, 16384, 65536):
        source = text[:length]
        rounds = max(5, 200_000 // length)
        rich = best(partial(paginate, source, Profile()), rounds)
        classic = best(partial(paginate, source, Profile(rich=False)), rounds)
        shown = preview(source[:32768])
        price[length] = rich / length * 1024 * 1e3
        print(
            f"{length:10}   {rich:7.2f}   {classic:10.2f}   {price[length]:10.0f}   {shown:17.0f}"
        )
    kept = price[4096] * 4 / 1e3 <= PROMISE_MS
    linear = price[65536] <= 2 * price[4096]
    print(f"4 kB within {PROMISE_MS:g} ms: {kept}; linear: {linear}")
    return 0 if kept and linear else 1


def preview(source: str) -> float:
    """Return the microseconds of one render while *source* grows."""
    one = Preview(Profile())
    began = time.process_time()
    steps = range(60, len(source), 60)
    for at in steps:
        one.render(source[:at])
    return (time.process_time() - began) / len(steps) * 1e6


if __name__ == "__main__":
    sys.exit(main())
