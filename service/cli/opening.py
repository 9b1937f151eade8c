"""What the commands about data share: settings, sentences, progress, a look or a whole store."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer

from service import exits
from service.channels.telegram.addresses import key_of
from service.observe import logs
from service.settings import Settings, load
from service.settings_errors import CannotStartError, SettingsError
from service.storing import SCHEMAS, cannot_open, cipher_of, opened_store
from service.texts import DEFAULT, Texts
from snapshots import Codec, DirectoryError, MissingKeyError, Store
from snapshots.disk import RealDisk
from snapshots.inspection import Inspection

_TEXTS = Texts()


def help_of(key: str) -> str:
    """Return what `--help` says; the settings are not read for that."""
    return _TEXTS.plain(DEFAULT, key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One call of a command: how this copy is set up, and how to speak."""

    settings: Settings

    def say(self, key: str, **args: str) -> str:
        """Return the sentence *key* in the language of the terminal."""
        return _TEXTS.plain(self.settings.language, key, args)

    def tell(self, key: str, **args: str) -> None:
        """Print the sentence *key*."""
        typer.echo(self.say(key, **args))

    def fail(self, key: str, code: int = exits.USAGE, **args: str) -> typer.Exit:
        """Print the sentence *key* where errors go; return what to raise."""
        typer.echo(self.say(key, **args), err=True)
        return typer.Exit(code)

    def look(self) -> Inspection:
        """Read the data directory without changing it; a service may be running on it.

        Raises:
            typer.Exit: There is nothing, or it cannot be read; a sentence has been printed.

        """
        folder = self.settings.data_dir
        if not (folder / "format").exists():
            raise self._nothing_in(folder)
        with self._in_words():
            return Inspection(RealDisk(folder), Codec(SCHEMAS), cipher_of(self.settings))

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Store]:
        """Own the data directory; no service may be running on it.

        Raises:
            typer.Exit: One is, or the directory cannot be read; a sentence has been printed.

        """
        with self._in_words():
            async with opened_store(self.settings, key_of) as store:
                yield store

    def _nothing_in(self, folder: Path) -> typer.Exit:
        # A playground keeps its chats in a folder of its own, which goes when it ends.
        played = [each.parent for each in folder.glob("playground-*/format")]
        if not played:
            return self.fail("cli-no-data", folder=str(folder))
        inside = max(played, key=lambda each: each.stat().st_mtime)
        return self.fail("cli-no-data-but-played", folder=str(folder), inside=str(inside))

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except (DirectoryError, MissingKeyError) as error:
            raise self._failed(cannot_open(error)) from None
        except BaseExceptionGroup as group:
            # Of what was meant to happen inside, only one thing at a time can go wrong.
            found, _ = group.split((DirectoryError, MissingKeyError))
            if found is None:
                raise
            raise self._failed(cannot_open(found.exceptions[0])) from None

    def _failed(self, problem: CannotStartError) -> typer.Exit:
        return self.fail(problem.key, exits.MISCONFIGURED, **problem.args_for_person)

    @contextmanager
    def progress(self, key: str) -> Iterator[Callable[[int, int], None]]:
        """Show on a terminal how far the work under the title *key* has come."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        shown = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        console = Console(file=sys.stderr)
        silent = not console.is_terminal
        with Progress(*shown, console=console, transient=True, disable=silent) as progress:
            task = progress.add_task(self.say(key), total=None)
            yield lambda done, total: progress.update(task, completed=done, total=total)

    def key(self, name: str, keys: list[str]) -> str:
        """Return the one of *keys* that *name* means: itself, without its kind, or its end.

        Raises:
            typer.Exit: There is none, or more than one; a sentence has been printed.

        """
        for fits in (name.__eq__, f"chat/{name}".__eq__, lambda each: each.endswith(f".{name}")):
            found = [each for each in keys if fits(each)]
            chats = [each for each in found if each.startswith("chat/")]
            found = chats or found
            if len(found) == 1:
                return found[0]
            if found:
                raise self.fail("cli-many-keys", name=name, keys=", ".join(found[:5]))
        raise self.fail("cli-no-key", name=name)


def desk() -> Desk:
    """Return the desk of this copy.

    Raises:
        typer.Exit: A setting does not fit; a sentence has been printed.

    """
    try:
        settings = load()
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(exits.USAGE) from None
    logs.configure(settings)
    return Desk(settings=settings)
