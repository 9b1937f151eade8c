"""What stands in the files and folders that settings name; or one sentence that says what is wrong.

Every function here raises CannotStartError: a name that leads nowhere, or a file that does not fit.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from service.flows import FlowsError, Library
from service.identities import Identities, IdentityError
from service.identities import load as load_identity
from service.money import prices
from service.money.prices import Prices
from service.personas import Personas, PersonasError
from service.personas import load as load_personas
from service.settings import Settings, variable
from service.settings_errors import CannotStartError

if TYPE_CHECKING:
    from service.tools.declared import FunctionTool


def library_of(settings: Settings) -> Library:
    """Return the guided flows; their endings may call tools of the MCP servers there are."""
    from service.equipment import planned

    folder = _named(settings, "flows_dir")
    servers = [plan.name for plan in planned(_named(settings, "mcp_servers"))]
    try:
        return Library(folder, servers, ZoneInfo(settings.time_zone))
    except FlowsError as error:
        raise CannotStartError("problem-flows", mistakes=str(error)) from None


def prices_of(settings: Settings) -> Prices:
    """Return what models cost."""
    try:
        return prices.load(_named(settings, "prices"))
    except prices.PricesError as problem:
        raise CannotStartError("problem-prices", what=str(problem)) from None


def personas_of(settings: Settings) -> Personas:
    """Return the ways of answering."""
    try:
        return load_personas(_named(settings, "personas"))
    except PersonasError as problem:
        raise CannotStartError("problem-personas", what=str(problem)) from None


def own_tools_of(settings: Settings) -> tuple[FunctionTool, ...]:
    """Return the operator's own tools."""
    from service.tools import own

    folder = _named(settings, "tools_dir")
    try:
        return own.load(folder) if folder else ()
    except own.OwnToolsError as problem:
        raise CannotStartError("problem-tools", what=str(problem)) from None


def left_files_of(settings: Settings) -> Path | None:
    """Return the folder in which a Bot API server of one's own leaves files, if that is set."""
    return _named(settings, "telegram_files")


def identities_of(settings: Settings) -> Identities | None:
    """Return who the bots are to everybody, if that is set."""
    try:
        return load_identity(_named(settings, "identity"))
    except IdentityError as problem:
        raise CannotStartError("problem-identity", what=str(problem)) from None


def _named(settings: Settings, field: str) -> Path | None:
    """Return the path that *field* names, which is there and may be read."""
    path: Path | None = getattr(settings, field)
    if path is None:
        return None
    folder = field.endswith(("_dir", "_files"))
    there = path.is_dir() if folder else path.is_file()
    if not there or not os.access(path, os.R_OK):
        key = "problem-no-folder" if folder else "problem-no-file"
        raise CannotStartError(key, name=variable(field), path=str(path))
    return path
