"""A typed function becomes a tool; whatever a model sends, the answer is one it can read."""

from __future__ import annotations

from typing import Any, Literal

import anyio
import pytest

from actors.ports import Setting, Used
from fsm.steps import Call
from service.tools.declared import ToolError, tool
from service.tools.toolbox import LONGEST, Toolbox

pytestmark = pytest.mark.anyio

HERE = Setting(chat="c", turn=1, now=1_000_000.0)


async def order(setting: Setting, dish: str, size: Literal["small", "large"] = "small") -> str:
    """Order a dish from the kitchen.

    It takes a while.

    Args:
        dish: What to cook,
            by its name.
        size: How much of it.

    """
    if dish == "poison":
        raise ToolError("The kitchen does not cook that.")
    if dish == "fire":
        raise RuntimeError("secret details of the kitchen")
    if dish == "stew":
        await anyio.sleep(60)
    return f"{size} {dish} for {setting.chat} " * (5000 if dish == "buffet" else 1)


def box() -> Toolbox:
    return Toolbox([tool(order, within=5.0, doing="progress-kitchen")])


async def use(arguments: str, name: str = "order") -> Used:
    return await box().use(Call(id="1", name=name, arguments=arguments), HERE)


def test_the_declaration_is_what_the_docstring_and_the_types_say() -> None:
    (declared,) = box().offered

    assert declared.name == "order"
    assert declared.description == "Order a dish from the kitchen. It takes a while."
    assert declared.parameters == {
        "type": "object",
        "properties": {
            "dish": {"type": "string", "description": "What to cook, by its name."},
            "size": {
                "enum": ["large", "small"],
                "description": "How much of it.",
                "default": "small",
            },
        },
        "required": ["dish"],
        "additionalProperties": False,
    }
    assert box().doing("order") == "progress-kitchen"


def test_a_function_without_a_docstring_is_no_tool() -> None:
    async def silent() -> str:
        return ""

    with pytest.raises(TypeError, match="docstring"):
        tool(silent)


async def test_it_is_called_with_checked_arguments() -> None:
    assert await use('{"dish": "soup"}') == Used(output="small soup for c ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("{}", "missing required field `dish`"),
        ('{"dish": ["soup"]}', "Expected `str`"),
        ('{"dish": "soup", "size": "huge"}', "Invalid enum value"),
        ('{"dish": "soup", "__class__": "os.system"}', "unknown field"),
        ('{"dish": "soup", "setting": {"chat": "somebody else"}}', "unknown field `setting`"),
        ("[]", "have to be an object"),
        ('{"dish": "poison"}', "does not cook that"),
        ('{"dish": "fire"}', "It broke (RuntimeError)"),
    ],
)
async def test_what_goes_wrong_is_said_to_the_model(arguments: str, said: str) -> None:
    used = await use(arguments)

    assert used.failed
    assert said in used.output
    assert "secret" not in used.output


async def test_an_invented_name_hears_which_there_are() -> None:
    used = await use("{}", name="ordr")

    assert used.failed
    assert used.output == "There is no tool of that name. There are: order."


async def test_a_long_output_is_cut_with_a_remark() -> None:
    used = await use('{"dish": "buffet"}')

    assert len(used.output) < LONGEST + 100
    assert "more characters left out" in used.output


class TestOnAClockThatJumps:
    @pytest.fixture
    def anyio_backend(self) -> Any:
        import trio.testing

        return "trio", {"clock": trio.testing.MockClock(autojump_threshold=0)}

    async def test_a_slow_tool_is_given_up(self) -> None:
        used = await use('{"dish": "stew"}')

        assert used.failed
        assert "longer than 5 s" in used.output
