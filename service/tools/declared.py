"""A typed Python function with a docstring, as a tool that a model can call.

The annotations become the schema and check what the model sends; the docstring's first
paragraphs tell it what the tool is for, and its `Args:` what each argument means.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import functools
import inspect
import re
import threading
import typing
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Protocol

import msgspec

from actors.ports import Declaration, Setting, Used
from service.tools.schemas import schema_of

Said = str | Used

WITHIN: Final = 10.0
"""Seconds that a tool may take, unless it says otherwise."""
USUAL: Final = "progress-tool"
_SECTION: Final = re.compile(r"^(Args|Returns|Raises):\s*$", re.MULTILINE)
_ARGUMENT: Final = re.compile(r"^    (\w+): (.*(?:\n {5,}.*)*)", re.MULTILINE)
_NAME: Final = re.compile(r"[A-Za-z0-9_]{1,64}", re.ASCII)
"""What every provider takes; a single odd name and it refuses the whole question."""
_SETTING: Final = "setting"


class ToolError(Exception):
    """A tool cannot do what was asked; the sentence is for the model."""


class DeclarationError(TypeError):
    """A function does not say enough to be a tool; the sentence is for who writes it."""


class ArgumentsError(ToolError):
    """The model sent arguments that do not fit."""


class Tool(Protocol):
    """One thing that a model can do."""

    @property
    def declaration(self) -> Declaration:
        """What the model gets to know."""

    @property
    def within(self) -> float:
        """Seconds it may take."""

    @property
    def doing(self) -> str:
        """Key of the line shown while it runs."""

    @property
    def asks(self) -> bool:
        """Whether a person has to press a button before it runs."""

    async def call(self, arguments: Mapping[str, Any], setting: Setting) -> Said:
        """Do it.

        Raises:
            ToolError: It cannot be done; the model hears why.

        """


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionTool:
    """A tool made of a function; see `tool`."""

    declaration: Declaration
    function: Callable[..., Awaitable[Any]]
    arguments: type[msgspec.Struct]
    wants_setting: bool
    within: float = WITHIN
    doing: str = USUAL
    asks: bool = False

    async def call(self, arguments: Mapping[str, Any], setting: Setting) -> Said:
        """Check *arguments*, and call the function."""
        try:
            # Lax: models write numbers as strings now and then, and mean numbers.
            checked = msgspec.convert(dict(arguments), self.arguments, strict=False)
        except msgspec.ValidationError as wrong:
            raise ArgumentsError(f"The arguments do not fit: {wrong}") from None
        given = {name: getattr(checked, name) for name in self.arguments.__struct_fields__}
        if self.wants_setting:
            given[_SETTING] = setting
        return _said(await self.function(**given))


def tool(
    function: Callable[..., Any],
    *,
    within: float = WITHIN,
    doing: str = USUAL,
    asks: bool = False,
) -> FunctionTool:
    """Return *function* as a tool. A parameter named `setting` is ours, not the model's.

    A function that is not `async` runs in a thread; one that is given up goes on there.

    Raises:
        DeclarationError: Its name, its types or its docstring do not say enough.

    """
    name = function.__name__
    if not _NAME.fullmatch(name):
        raise DeclarationError(f"{name}: models take names of at most 64 of A-Z a-z 0-9 _")
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise DeclarationError(f"{name} yields; a tool returns all that it has to say")
    description, explained = _documented(inspect.getdoc(function) or "")
    if not description:
        raise DeclarationError(f"{name} needs a docstring: it is all the model knows of it")
    parameters = [*inspect.signature(function).parameters.values()]
    try:
        hints = typing.get_type_hints(function, include_extras=True)
    except NameError as missing:
        raise DeclarationError(f"{name}: there is no type {missing.name}") from None
    fields = [
        _field(name, each, hints, explained.get(each.name, ""))
        for each in parameters
        if each.name != _SETTING
    ]
    try:
        struct = msgspec.defstruct(name, fields, kw_only=True, forbid_unknown_fields=True)
        schema = schema_of(struct)
    except (TypeError, ValueError) as wrong:
        raise DeclarationError(f"{name}: {wrong}") from None
    return FunctionTool(
        declaration=Declaration(name=name, description=description, parameters=schema),
        function=function if inspect.iscoroutinefunction(function) else _beside(function),
        arguments=struct,
        wants_setting=any(each.name == _SETTING for each in parameters),
        within=within,
        doing=doing,
        asks=asks,
    )


def _field(name: str, each: inspect.Parameter, hints: Mapping[str, Any], about: str) -> Any:
    if each.kind in {each.VAR_POSITIONAL, each.VAR_KEYWORD, each.POSITIONAL_ONLY}:
        raise DeclarationError(f"{name}: write each parameter by its name, not {each}")
    if each.name not in hints:
        raise DeclarationError(f"{name}: {each.name} has no type; write {each.name}: str or so")
    hint = hints[each.name]
    if not about:
        notes = [note for note in getattr(hint, "__metadata__", ()) if isinstance(note, str)]
        about = " ".join(notes)
    kind: Any = Annotated[hint, msgspec.Meta(description=about)] if about else hint
    return (each.name, kind) if each.default is each.empty else (each.name, kind, each.default)


def _beside(function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    async def beside(**given: Any) -> Any:
        context = contextvars.copy_context()
        outcome: concurrent.futures.Future[Any] = concurrent.futures.Future()
        work = functools.partial(_work, outcome, functools.partial(context.run, function, **given))
        # Not one of anyio's: those are waited for, so a tool that hangs would let no process end.
        threading.Thread(target=work, name=f"tool {function.__name__}", daemon=True).start()
        return await asyncio.wrap_future(outcome)

    return beside


def _work(outcome: concurrent.futures.Future[Any], call: Callable[[], Any]) -> None:
    outcome.set_running_or_notify_cancel()
    try:
        outcome.set_result(call())
    except StopIteration:  # no future carries that
        outcome.set_exception(RuntimeError("a tool raised StopIteration"))
    except BaseException as error:
        outcome.set_exception(error)


def _said(value: Any) -> Said:
    """Return what a function has returned in words; whatever is no words is JSON."""
    if isinstance(value, str | Used):
        return value
    return "Done." if value is None else msgspec.json.encode(value, enc_hook=str).decode()


def _documented(doc: str) -> tuple[str, dict[str, str]]:
    """Return what a docstring says of the function, and of each argument."""
    sections = _SECTION.split(doc)
    explained: dict[str, str] = {}
    for title, text in zip(sections[1::2], sections[2::2], strict=True):
        if title == "Args":
            found = _ARGUMENT.findall(text)
            explained = {name: " ".join(words.split()) for name, words in found}
    return " ".join(sections[0].split()), explained
