"""Authors' Jinja2 templates: in a sandbox, without anything that could run for ever."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

LONGEST: Final = 20_000
"""Characters of a rendered template."""

environment: Final = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
)
environment.globals.clear()  # no range(10**9)


def rendered(template: str, names: Mapping[str, Any]) -> str:
    """Return *template* filled in."""
    return environment.from_string(template).render(names).strip()[:LONGEST]
