"""The light import must give exactly what the plain one gives."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

# In a process of its own, and both imports in one: each costs seconds.
_COMPARE = """
import importlib, logging, re, sys
import pydantic

before = pydantic.BaseModel.__dict__["model_rebuild"]
import service.channels.telegram.aiogram_light as light
assert pydantic.BaseModel.__dict__["model_rebuild"] is before

def described():
    found = {}
    for module in map(importlib.import_module, ("aiogram.types", "aiogram.methods")):
        for name in module.__all__:
            model = getattr(module, name)
            if isinstance(model, type) and hasattr(model, "model_fields"):
                model.model_rebuild()
                assert model.__pydantic_complete__, name
                for key, field in model.model_fields.items():
                    told = f"{field.annotation!r} {field.is_required()} {field.default!r}"
                    found[module.__name__, name, key] = re.sub(" at 0x[0-9a-f]+", "", told)
    return found

ours = described()
lines = []
light.log.addHandler(type("Lines", (logging.Handler,), {"emit": lambda s, r: lines.append(r)})())
light.log.propagate = False
light._forget()
light._try_out = lambda: 1 / 0
assert light.load() is False
assert len(lines) == 1, lines
plain = described()
assert len(plain) > 2900, len(plain)
assert ours == plain, {key for key in ours.keys() | plain if ours.get(key) != plain.get(key)}
print("equal")
"""


def test_every_field_is_that_of_the_plain_import_to_which_it_falls_back() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _COMPARE], capture_output=True, text=True, check=False, timeout=120
    )

    assert done.stdout == "equal\n", done.stderr[-2000:]


def test_nobody_else_imports_aiogram() -> None:
    folder = Path(__file__).parents[3] / "service" / "channels" / "telegram"
    wanted = re.compile(r"^\s*(?:from|import) aiogram\b", re.MULTILINE)

    guilty = {path.name for path in folder.rglob("*.py") if wanted.search(path.read_text())}

    assert guilty == {"aiogram_light.py"}


def test_whoever_only_wants_the_renderer_does_not_pay_for_aiogram() -> None:
    code = "import sys, service.channels.telegram.text; assert 'aiogram' not in sys.modules"

    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
