"""`greenroom journal`: what is written and not yet in files; works beside a running service."""

from __future__ import annotations

from collections import Counter, deque
from typing import Annotated, Any

import typer

from service.cli.opening import desk, help_of
from service.cli.shown import as_json
from snapshots.codec import decode
from snapshots.records import Accepted, Kind

app = typer.Typer(add_completion=False, no_args_is_help=True, help=help_of("cli-journal"))


@app.command("stat", help=help_of("cli-stat"))
def _stat() -> None:
    at = desk()
    look = at.look()
    size = sum(link.segment.size for link in look.links)
    at.tell("cli-stat-size", count=str(len(look.links)), size=f"{size / 1024:.1f}")
    at.tell("cli-stat-mail", count=str(len(look.journal.mail)))
    at.tell("cli-stat-keys", count=str(len(look.journal.entries)))
    for bot, seen in look.journal.bots.items():
        at.tell("cli-stat-bot", bot=bot, next=str(seen.next))
    kinds = Counter(kind for _, kind, _ in look.records())
    typer.echo(", ".join(f"{kind.name.lower()} {count}" for kind, count in kinds.most_common()))


@app.command("show", help=help_of("cli-journal-show"))
def _show(
    last: Annotated[int, typer.Option(min=1, help=help_of("cli-last"))] = 20,
    reveal: Annotated[bool, typer.Option("--reveal", help=help_of("cli-reveal"))] = False,
) -> None:
    newest = deque(
        (each for each in desk().look().records() if each[1] is not Kind.END), maxlen=last
    )
    for number, kind, record in newest:
        typer.echo(f"{number:08d} {kind.name.lower()} {as_json(_opened(record), reveal=reveal)}")


def _opened(record: Any) -> Any:
    """Return *record* with its update readable, as it is what one looks for in a journal."""
    if isinstance(record, Accepted):
        fields = {each: getattr(record, each) for each in record.__struct_fields__}
        return {**fields, "update": decode(record.update)}
    return record
