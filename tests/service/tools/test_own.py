"""Tools of the operator's own: a folder of Python files."""

from __future__ import annotations

import json
import re
import sys
import textwrap
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from actors.ports import Setting, Used
from fsm.steps import Call
from service.doctor import examine
from service.equipment import opened_toolbox
from service.observe.watch import Watch
from service.papers import own_tools_of
from service.settings import Settings
from service.settings_errors import CannotStartError
from service.tools.own import OwnToolsError, load
from service.tools.toolbox import Toolbox
from tests.house.sources import ROOT

pytestmark = pytest.mark.anyio
HERE = Setting(chat="c", turn=1, now=1_000_000.0, person="telegram.42")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def written(folder: Path, text: str, name: str = "mine.py") -> Path:
    (folder / name).write_text(textwrap.dedent(text))
    return folder


def settings(folder: Path, **more: str) -> Settings:
    return Settings(_env_file=None, tools_dir=folder, **more)  # type: ignore[arg-type, call-arg]


async def use(box: Toolbox, name: str, **arguments: Any) -> Used:
    return await box.use(Call(id="1", name=name, arguments=json.dumps(arguments)), HERE)


async def test_the_tutorial_word_for_word(tmp_path: Path) -> None:
    page = (ROOT / "docs/tools.md").read_text()
    for number, block in enumerate(re.findall(r"```python\n(.*?)```", page, re.DOTALL)):
        written(tmp_path, block, f"file{number}.py")

    async with opened_toolbox(settings(tmp_path, tools="off"), Watch()) as box:
        assert [each.name for each in box.offered] == ["dice", "order_pizza"]
        rolled = json.loads((await use(box, "dice", sides=1, count=3)).output)
        asked = await use(box, "order_pizza", kind="margherita")
        wrong = await use(box, "dice", sides="many")

    found = {each.key: each async for each in examine(settings(tmp_path, data_dir=str(tmp_path)))}
    assert found["doctor-own-tools"].args == {"names": "dice, order_pizza"}
    assert rolled == [1, 1, 1]
    assert "Not done yet" in asked.output
    assert wrong.failed


EVERYTHING = """
    from __future__ import annotations
    import datetime, enum
    from dataclasses import dataclass
    from typing import Annotated, Literal, Optional, TypedDict
    import msgspec
    from actors.ports import Setting

    class Size(enum.Enum):
        SMALL = "small"
        LARGE = "large"

    @dataclass
    class Topping:
        title: str
        grams: int = 10

    class Guest(TypedDict):
        name: str
        toppings: list[Topping]

    def _helper(x):
        return x

    async def pizza(
        setting: Setting,
        size: Size,
        crust: Annotated[Literal["thin", "thick"], "How it is baked"],
        toppings: list[Topping],
        guest: Optional[Guest] = None,
        count: Annotated[int, msgspec.Meta(ge=1, le=9)] = 1,
        day: datetime.date | None = None,
        tags: dict[str, bool] = {},
    ) -> dict[str, object]:
        '''Bake a pizza.

        Args:
            count: How many
                of them.
        '''
        return {"size": size, "grams": toppings[0].grams, "for": setting.person, "day": day,
                "of": type(guest).__name__, "count": count}
"""


async def test_types_of_every_kind_are_declared_in_one_piece_and_checked(tmp_path: Path) -> None:
    (made,) = load(written(tmp_path, EVERYTHING))
    schema = made.declaration.parameters

    assert "$ref" not in json.dumps(schema)
    assert schema["required"] == ["size", "crust", "toppings"]
    told = schema["properties"]
    assert told["size"]["enum"] == ["large", "small"]
    assert told["crust"]["description"] == "How it is baked"
    assert told["count"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 9,
        "default": 1,
        "description": "How many of them.",
    }
    topping = told["toppings"]["items"]
    assert topping["properties"]["title"] == {"type": "string"}
    guest = next(each for each in told["guest"]["anyOf"] if each["type"] == "object")
    assert guest["properties"]["toppings"]["items"] == topping

    box = Toolbox([made])
    usual = {"size": "small", "crust": "thin", "toppings": [{"title": "ham"}]}
    ada = {"name": "Ada", "toppings": []}
    used = await use(box, "pizza", **usual, day="2026-12-24", guest=ada)
    assert json.loads(used.output) == {
        "size": "small",
        "grams": 10,
        "for": "telegram.42",
        "day": "2026-12-24",
        "of": "dict",
        "count": 1,
    }
    for wrong in ({"size": "huge"}, {"count": 10}, {"toppings": [{"grams": 1}]}, {"extra": 1}):
        assert (await use(box, "pizza", **{**usual, **wrong})).failed, wrong


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def f(x: int) -> str:\n    return x", "line 1: f needs a docstring"),
        ("\ndef f(x) -> str:\n    'Do.'", "line 2: f: x has no type; write x: str or so"),
        ("def f(*x: int) -> str:\n    'Do.'", "line 1: f: write each parameter by its name"),
        ("from __future__ import annotations\ndef f(x: Cat) -> str:\n    'Do.'", "no type Cat"),
        ("class C:\n  pass\ndef f(x: C) -> str:\n    'Do.'", "line 3: f: "),
        ("def f(:", "line 1: "),
        ("def f(): 'Do.\0'", ": source code"),
        ("import sys\nsys.exit(0)", "line 2: SystemExit"),
        ("def 天气(place: str) -> str:\n    'Do.'", "天气: models take names of"),
        (f"def {'f' * 65}(place: str) -> str:\n    'Do.'", "of at most 64"),
        ("def f(x: int) -> str:\n    'Do.'\n    yield x", "line 1: f yields"),
        ("import no_such_thing", "line 1: ModuleNotFoundError"),
        ("x = 1\n1 / 0", "line 2: ZeroDivisionError"),
        ("x = 1", "it defines no function"),
        ("TOOLS = 3", "TOOLS is a list of functions, not int"),
        ("TOOLS = [3]", "TOOLS holds functions, not 3"),
        ("def weather(place: str) -> str:\n    'Do.'", "weather is one of our own tools"),
        ("def a__b() -> str:\n    'Do.'", "a__b has __ in its name"),
        (
            (
                "from dataclasses import dataclass\n@dataclass\nclass Box:\n    of: 'Box | None'\n"
                "def f(x: Box) -> str:\n    'Do.'"
            ),
            "Box holds itself",
        ),
    ],
)
def test_a_file_that_does_not_fit_is_told_with_its_line(
    tmp_path: Path, text: str, said: str
) -> None:
    written(tmp_path, text)

    with pytest.raises(OwnToolsError) as told:
        load(tmp_path)

    assert str(told.value).startswith(f"{tmp_path / 'mine.py'}")
    assert said in str(told.value)


ENDS = """
    import sys

    def quits() -> str:
        "Quit."
        sys.exit("enough")

    async def quits_at_once() -> str:
        "Quit."
        sys.exit("enough")

    def runs_out() -> str:
        "Take the first of none."
        return next(iter([]))
"""


@pytest.mark.parametrize(
    ("name", "why"),
    [("quits", "SystemExit"), ("quits_at_once", "SystemExit"), ("runs_out", "RuntimeError")],
)
async def test_a_tool_that_means_to_end_the_process_only_breaks(
    tmp_path: Path, name: str, why: str
) -> None:
    written(tmp_path, ENDS)

    async with opened_toolbox(settings(tmp_path, tools="off"), Watch()) as box:
        used = await use(box, name)

    assert used.failed
    assert used.output == f"It broke ({why})."


async def test_half_a_character_does_not_cost_the_answer(tmp_path: Path) -> None:
    written(tmp_path, "def names() -> str:\n    'List.'\n    return 'caf\\udce9.txt'\n")

    async with opened_toolbox(settings(tmp_path, tools="off"), Watch()) as box:
        used = await use(box, "names")

    assert (used.failed, used.output) == (False, "caf?.txt")


HANGS = """
    import asyncio, threading
    from service.tools.declared import tool

    def hangs() -> str:
        "Hang."
        return str(threading.Event().wait())

    async def given_up():
        async with asyncio.timeout(0.05):
            await tool(hangs).call({}, None)

    try:
        asyncio.run(given_up())
    except TimeoutError:
        print("given up")
"""


async def test_a_tool_that_hangs_for_ever_lets_the_process_end() -> None:
    with anyio.fail_after(20):
        done = await anyio.run_process([sys.executable, "-c", textwrap.dedent(HANGS)], cwd=ROOT)

    assert done.stdout == b"given up\n"


def test_two_of_one_name_and_a_folder_that_is_none(tmp_path: Path) -> None:
    written(tmp_path, "def f() -> str:\n    'Do.'", "a.py")
    written(tmp_path, "def f() -> str:\n    'Do.'", "b.py")
    written(tmp_path, "broken(", "_not_looked_at.py")

    with pytest.raises(OwnToolsError, match=r"b.py: f stands in a.py already"):
        load(tmp_path)
    with pytest.raises(CannotStartError, match="problem-no-folder"):
        own_tools_of(settings(tmp_path / "no"))
    with pytest.raises(CannotStartError, match="problem-tools"):
        own_tools_of(settings(tmp_path))


async def test_a_tool_that_blocks_keeps_nobody_else_waiting(tmp_path: Path) -> None:
    text = """
        import threading
        from service.tools.declared import tool
        go = threading.Event()
        def waits() -> None:
            "Wait."
            go.wait(20)
        async def lets_go() -> None:
            "Let it go on."
            go.set()
        TOOLS = [waits, tool(lets_go)]
    """
    box = Toolbox(load(written(tmp_path, text)))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(use, box, "waits")
        await anyio.lowlevel.checkpoint()
        assert (await use(box, "lets_go")).output == "Done."
