"""A typed Python function with a docstring, as a tool that a model can call.

The annotations become the schema and check what the model sends; the docstring's first
paragraphs tell it what the tool is for, and its `Args:` what each argument means.
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Protocol

import msgspec

from actors.ports import Declaration, Setting, Used

Said = str | Used

WITHIN: Final = 10.0
"""Seconds that a tool may take, unless it says otherwise."""
USUAL: Final = "progress-tool"
_SECTION: Final = re.compile(r"^(Args|Returns|Raises):\s*$", re.MULTILINE)
_ARGUMENT: Final = re.compile(r"^    (\w+): (.*(?:\n {5,}.*)*)", re.MULTILINE)
_SETTING: Final = "setting"


class ToolError(Exception):
    """A tool cannot do what was asked; the sentence is for the model."""


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
    function: Callable[..., Awaitable[Said]]
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
        return await self.function(**given)


def tool(
    function: Callable[..., Awaitable[Said]],
    *,
    within: float = WITHIN,
    doing: str = USUAL,
    asks: bool = False,
) -> FunctionTool:
    """Return *function* as a tool. A parameter named `setting` is ours, not the model's."""
    description, explained = _documented(inspect.getdoc(function) or "")
    name = function.__name__
    if not description:
        raise TypeError(f"{name} needs a docstring: it is all the model knows of it")
    hints = typing.get_type_hints(function, include_extras=True)
    parameters = inspect.signature(function).parameters
    fields: list[Any] = []
    for each in parameters.values():
        if each.name == _SETTING:
            continue
        about = msgspec.Meta(description=explained.get(each.name, ""))
        hint: Any = hints[each.name]
        kind: Any = Annotated[hint, about]
        fields.append(
            (each.name, kind)
            if each.default is inspect.Parameter.empty
            else (each.name, kind, each.default)
        )
    struct = msgspec.defstruct(name, fields, kw_only=True, forbid_unknown_fields=True)
    return FunctionTool(
        declaration=Declaration(
            name=name, description=description, parameters=_schema(name, struct)
        ),
        function=function,
        arguments=struct,
        wants_setting=_SETTING in parameters,
        within=within,
        doing=doing,
        asks=asks,
    )


def _schema(name: str, struct: type[msgspec.Struct]) -> Mapping[str, Any]:
    _, components = msgspec.json.schema_components([struct])
    schema = dict(components[name])
    schema.pop("title", None)
    return schema


def _documented(doc: str) -> tuple[str, dict[str, str]]:
    """Return what a docstring says of the function, and of each argument."""
    sections = _SECTION.split(doc)
    explained: dict[str, str] = {}
    for title, text in zip(sections[1::2], sections[2::2], strict=True):
        if title == "Args":
            found = _ARGUMENT.findall(text)
            explained = {name: " ".join(words.split()) for name, words in found}
    return " ".join(sections[0].split()), explained
