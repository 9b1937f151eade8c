"""`greenroom snapshots`: what is kept of each chat, to look at and to look after.

Looking works beside a running service and changes nothing. Forgetting, repairing and sealing anew
need the directory for themselves.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import anyio
import typer

from actors.ports import Address
from service import exits
from service.cli.opening import Desk, desk, help_of
from service.cli.shown import as_json
from service.storing import media_of
from snapshots import Store
from snapshots.inspection import Inspection, Kept
from snapshots.upkeep import Upkept

app = typer.Typer(add_completion=False, no_args_is_help=True, help=help_of("cli-snapshots"))

Name = Annotated[str, typer.Argument(help=help_of("cli-name"))]
Reveal = Annotated[bool, typer.Option("--reveal", help=help_of("cli-reveal"))]


@app.command("ls", help=help_of("cli-ls"))
def _ls(beginning: Annotated[str, typer.Argument(help=help_of("cli-beginning"))] = "") -> None:
    at = desk()
    look = at.look()
    heads = [at.say(f"cli-ls-{name}") for name in ("key", "version", "size", "notes")]
    for key in look.all_keys():
        if key.startswith(beginning) and (kept := look.kept(key)) is not None:
            if heads:
                typer.echo(_row(*heads))
                heads.clear()
            typer.echo(_line(at, kept))


@app.command("show", help=help_of("cli-show"))
def _show(name: Name, reveal: Reveal = False) -> None:
    at = desk()
    look = at.look()
    key = at.key(name, look.all_keys())
    typer.echo(as_json(look.value(key), reveal=reveal))


@app.command("export", help=help_of("cli-export"))
def _export(
    name: Name,
    to: Annotated[Path | None, typer.Option(help=help_of("cli-export-to"))] = None,
) -> None:
    at = desk()
    look = at.look()
    key = at.key(name, look.all_keys())
    text = as_json(_everything(look, key), reveal=True)
    if to is None:
        typer.echo(text)
        return
    # Whoever asked for it, it is for nobody else on this machine.
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{text}\n")
    at.tell("cli-exported", name=key, path=str(to))


@app.command("verify", help=help_of("cli-verify"))
def _verify() -> None:
    at = desk()
    look = at.look()
    damaged = 0
    with at.progress("cli-verifying") as progress:
        for finding in look.findings(progress):
            damaged += finding.is_damage
            typer.echo(f"{finding.path}: {finding.what}. {at.say(f'cli-would-{finding.remedy}')}")
    if damaged:
        raise at.fail("cli-damaged", exits.DAMAGED, count=str(damaged))
    at.tell("cli-whole", count=str(len(look.all_keys())))


@app.command("repair", help=help_of("cli-repair"))
def _repair() -> None:
    at = desk()

    async def repair() -> Upkept:
        async with at.store() as store:
            with at.progress("cli-repairing") as progress:
                return await store.upkeep.repair(progress)

    at.look()
    done = anyio.run(repair)
    at.tell("cli-repaired", count=str(done.changed), files=str(done.files))


@app.command("rekey", help=help_of("cli-rekey"))
def _rekey() -> None:
    at = desk()

    async def rekey() -> Upkept:
        async with at.store() as store:
            with at.progress("cli-rekeying") as progress:
                return await store.upkeep.rekey(progress)

    at.look()
    done = anyio.run(rekey)
    media_of(at.settings).rekey()
    at.tell(
        "cli-rekeyed" if at.settings.data_keys.get_secret_value() else "cli-rekeyed-plain",
        count=str(done.changed),
    )


@app.command("forget", help=help_of("cli-forget"))
def _forget(
    name: Name, yes: Annotated[bool, typer.Option("--yes", help=help_of("cli-forget-yes"))] = False
) -> None:
    at = desk()
    key = at.key(name, at.look().all_keys())
    if not yes and not typer.confirm(at.say("cli-forget-sure", name=key)):
        raise typer.Exit(exits.USAGE)

    async def forget() -> None:
        async with at.store() as store:
            await _forget_all(store, key)

    anyio.run(forget)
    media_of(at.settings).forget(key.partition("/")[2])
    at.tell("cli-forgotten", name=key)


async def _forget_all(store: Store, key: str) -> None:
    await store.forget(key)
    kind, _, name = key.partition("/")
    if kind == "chat" and not (address := Address.parse(name)).topic:
        await store.forget(address.peer)


def _everything(look: Inspection, key: str) -> dict[str, object]:
    letters = [each for each in look.letters() if each.get("key") == key]
    archived = look.archived(key)
    return {"key": key, "value": look.value(key), "archive": archived, "dead_letters": letters}


def _line(at: Desk, kept: Kept) -> str:
    owes = "" if kept.owes is None else at.say("cli-owes")
    newer = at.say("cli-in-journal") if kept.in_journal else ""
    epoch, seq = kept.stamp
    size = f"{kept.size} B" if kept.size < 1024 else f"{kept.size / 1024:.1f} kB"
    words = ", ".join(filter(None, (owes, newer)))
    return _row(kept.key, f"{epoch}.{seq}", size, words)


def _row(key: str, version: str, size: str, notes: str) -> str:
    return f"{key:<40} {version:>12} {size:>11}  {notes}".rstrip()
