"""What `greenroom` can show: the version, the settings in effect, the states as a diagram."""

from __future__ import annotations

import asyncio
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer
from pydantic import SecretStr

from fsm.draw import mermaid
from fsm.states import State
from service import doctor, exits
from service.__main__ import main as do
from service.cli import flows, journal, snapshots
from service.settings import Settings, load, variable
from service.settings_errors import SettingsError
from service.texts import DEFAULT, Texts

_TEXTS = Texts()


def _help(key: str) -> str:
    return _TEXTS.plain(DEFAULT, key)


app = typer.Typer(add_completion=False, help=_help("cli-help"))
app.add_typer(snapshots.app, name="snapshots")
app.add_typer(journal.app, name="journal")
app.add_typer(flows.app, name="flows")


@app.command("run", help=_help("cli-run"))
def _run() -> None:
    raise typer.Exit(do(["run"]))


@app.command("version", help=_help("cli-version"))
def _version() -> None:
    typer.echo(installed())


@app.command("settings", help=_help("cli-settings"))
def _settings() -> None:
    try:
        found = load()
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(exits.USAGE) from None
    for line in shown(found):
        typer.echo(line)


@app.command("doctor", help=_help("cli-doctor"))
def _doctor() -> None:
    try:
        found = load()
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(exits.USAGE) from None
    raise typer.Exit(asyncio.run(_examined(found)))


async def _examined(settings: Settings) -> int:
    """Print each finding as soon as it is there; return 1 if something has to be mended."""
    broken = False
    async for finding in doctor.examine(settings):
        said = _TEXTS.plain(settings.language, finding.key, finding.args)
        typer.echo(f"{finding.grade.value} {said}")
        broken = broken or finding.grade is doctor.Grade.BROKEN
    return 1 if broken else exits.WELL


@app.command("draw", help=_help("cli-draw"))
def _draw(
    live: Annotated[State | None, typer.Option(help=_help("cli-draw-live"))] = None,
) -> None:
    typer.echo(mermaid(live))


def installed() -> str:
    """Return the version of this copy, or `0` where it was not installed but just unpacked."""
    try:
        return version("greenroom")
    except PackageNotFoundError:
        return "0"


def shown(settings: Settings) -> list[str]:
    """Return the effective settings, one a line, as they could stand in `.env`; no secrets."""
    lines = []
    for name in type(settings).model_fields:
        if name in {"kept", "playground_secret"}:  # the keeper's own
            continue
        match getattr(settings, name):
            case SecretStr() as secret:
                value = "***" if secret.get_secret_value() else ""
            case bool(on):
                value = "on" if on else "off"
            case tuple() as words:
                value = ",".join(map(str, words))
            case frozenset() as ids:
                value = ",".join(map(str, sorted(ids)))
            case other:
                value = str(other)
        lines.append(f"{variable(name)}={value}")
    return lines
