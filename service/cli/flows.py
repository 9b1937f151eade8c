"""`greenroom flows`: check, draw, preview and try guided flows, and export the filled-in forms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from actors.chat import Chat
from fsm.flow.definition import Definition
from fsm.flow.machine import mermaid
from fsm.flow.state import Form
from service import exits
from service.cli.opening import Desk, desk, help_of
from service.flows import FlowsError, load, parsed
from service.flows.drawing import paint
from service.flows.exporting import as_csv, as_json, as_rows
from service.flows.loader import FOLDER
from service.flows.play import NoSuchKeyError, Play
from service.flows.preview import page
from service.flows.schema import FlowFile

app = typer.Typer(add_completion=False, no_args_is_help=True, help=help_of("cli-flows"))


class Table(StrEnum):
    """How forms are written."""

    CSV = "csv"
    JSON = "json"


Where = Annotated[Path | None, typer.Argument(help=help_of("cli-flows-where"))]
Which = Annotated[str, typer.Argument(help=help_of("cli-flows-which"))]


@app.command("check", help=help_of("cli-flows-check"))
def _check(where: Where = None) -> None:
    at = desk()
    flows = _read(at, where)
    for definition in flows.values():
        typer.echo(f"{definition.name}: {len(definition.steps)}")
    at.tell("cli-flows-good", count=str(len(flows)))


@app.command("draw", help=help_of("cli-flows-draw"))
def _draw(
    which: Which,
    png: Annotated[Path | None, typer.Option(help=help_of("cli-flows-png"))] = None,
) -> None:
    definition = _one(desk(), which)
    if png is None:
        typer.echo(mermaid(definition))
    else:
        png.write_bytes(paint(definition))


@app.command("preview", help=help_of("cli-flows-preview"))
def _preview(
    where: Where = None,
    to: Annotated[Path, typer.Option(help=help_of("cli-flows-to"))] = Path("flows.html"),
) -> None:
    at = desk()
    to.write_text(page(_read(at, where)), encoding="utf-8")
    at.tell("cli-flows-written", path=str(to))


@app.command("schema", help=help_of("cli-flows-schema"))
def _schema() -> None:
    typer.echo(json.dumps(FlowFile.model_json_schema(by_alias=True), indent=2))


@app.command("try", help=help_of("cli-flows-try"))
def _try(
    which: Which,
    language: Annotated[str, typer.Option(help=help_of("cli-flows-language"))] = "en",
) -> None:
    at = desk()
    definition = _one(at, which)
    person = Play({**_read(at, None), definition.name: definition}, language=language)
    person.starts(definition.name)
    at.tell("cli-flows-how")
    while person.flow is not None:
        _show(person)
        line = typer.prompt(">", prompt_suffix=" ")
        if line.startswith("#"):
            try:
                person.taps(line[1:].strip())
            except NoSuchKeyError as error:
                typer.echo(str(error))
        else:
            person.says(line)
    _show(person)
    for prompts in person.asked:
        typer.echo(f"\n{prompts[-1].text}")


@app.command("export", help=help_of("cli-flows-export"))
def _export(
    which: Which,
    form: Annotated[Table, typer.Option("--as", help=help_of("cli-flows-as"))] = Table.CSV,
) -> None:
    at = desk()
    rows = as_rows(_forms(at, which), _read(at, None))
    typer.echo(as_json(rows) if form is Table.JSON else as_csv(rows), nl=False)


def _forms(at: Desk, which: str) -> Iterator[tuple[str, Form]]:
    look = at.look()
    for key in look.all_keys():
        chat = look.value(key) if key.startswith("chat/") else None
        if isinstance(chat, Chat):
            for form in chat.conversation.flows.forms:
                if form.flow == which:
                    yield chat.key, form


def _read(at: Desk, where: Path | None) -> dict[str, Definition]:
    """Return the flows in *where* (a file or a folder), or those that the service would use."""
    own = at.settings.flows_dir
    try:
        if where is not None and where.is_file():
            definition, _ = parsed(where.read_text(encoding="utf-8"), where.name)
            return {definition.name: definition}
        if where is not None:
            return load(where)
        return load(FOLDER, own) if own else load(FOLDER)
    except FlowsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(exits.USAGE) from None


def _one(at: Desk, which: str) -> Definition:
    """Return the flow of the name *which*, or the one in that file."""
    if Path(which).is_file():
        return next(iter(_read(at, Path(which)).values()))
    flows = _read(at, None)
    if which not in flows:
        raise at.fail("cli-flows-none", name=which, names=", ".join(flows))
    return flows[which]


def _show(person: Play) -> None:
    typer.echo(f"\n{person.text}")
    for row in person.keys:
        typer.echo("   " + "  ".join(f"[{label}]" for label in row))
    for sentence in person.told:
        typer.echo(sentence)
    person.told.clear()
