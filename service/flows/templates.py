"""Authors' Jinja2 templates: in a sandbox, without anything that could run for ever."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from jinja2 import StrictUndefined
from jinja2.nodes import Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

LONGEST: Final = 20_000
"""Characters of a rendered template."""

_AT_END: Final = re.compile(r"^(?!\s*(?:\{%[^\n]*?%\}\s*)+$)([^\n]*[^+\n-])%\}$", re.MULTILINE)
environment: Final = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
)
environment.globals.clear()  # no range(10**9)


def parsed(template: str) -> Template:
    """Return the syntax tree of *template*.

    Raises:
        TemplateError: It is none.

    """
    return environment.parse(_kept(template))


def _kept(template: str) -> str:
    """Return *template* with the line end kept after a block that ends a line of words.

    A line that is nothing but blocks leaves no line behind; that is what the environment trims.
    """
    return _AT_END.sub(r"\1+%}", template)


def rendered(template: str, names: Mapping[str, Any]) -> str:
    """Return *template* filled in."""
    return environment.from_string(_kept(template)).render(names).strip()[:LONGEST]
