"""A wrong key or name ends the start with one sentence; a provider that is down does not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import anyio
import pytest
import structlog

from service import doctor
from service.models.credentials import Verdict, ask_gemini, ask_openai
from service.observe.watch import Watch
from service.providers import opened_model
from service.settings import Settings
from service.settings_errors import CannotStartError
from service.texts import Texts
from tests.stand_ins.gemini import GeminiStandIn
from tests.stand_ins.openai import OpenAIStandIn

pytestmark = pytest.mark.anyio


def settings(**given: str) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[arg-type, call-arg]


async def opens(**given: str) -> str:
    """Return the name of the model, or the sentence for the operator."""
    texts = Texts()
    try:
        async with opened_model(settings(**given), texts, Watch()) as model:
            return model.name
    except CannotStartError as error:
        return texts.plain("en", error.key, error.args_for_person)


@pytest.mark.parametrize("key", ["bad-key", "bad"])
async def test_a_key_that_google_refuses_ends_the_start(key: str) -> None:
    async with GeminiStandIn() as server:
        said = await opens(gemini_api_key=key, gemini_base_url=server.address)

    assert "GEMINI_API_KEY" in said
    assert key not in said


async def test_a_model_that_google_does_not_have_is_named() -> None:
    async with GeminiStandIn() as server:
        said = await opens(
            gemini_api_key="good", gemini_model="gemnii", gemini_base_url=server.address
        )

    assert "gemnii" in said
    assert "GEMINI_MODEL" in said


async def test_the_fallback_is_checked_too() -> None:
    async with GeminiStandIn() as google, OpenAIStandIn() as other:
        both = {
            "gemini_api_key": "good",
            "gemini_base_url": google.address,
            "openai_base_url": other.address,
        }
        refused = await opens(**both, openai_api_key="bad")
        unknown = await opens(**both, openai_api_key="good", openai_model="no-such-thing")
        fine = await opens(**both, openai_api_key="good")

    assert "OPENAI_API_KEY" in refused
    assert "no-such-thing" in unknown
    assert "OPENAI_MODEL" in unknown
    assert fine == "gemini-3.8-flash"


async def test_a_provider_that_is_down_does_not_keep_the_service_down() -> None:
    nobody = "http://127.0.0.1:1"

    assert await opens(gemini_api_key="good", gemini_base_url=nobody) == "gemini-3.8-flash"


async def test_a_provider_that_says_nothing_is_not_waited_for() -> None:
    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silence, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    asked = ask_gemini("k", model="m", base_url=address, api_version="v1", within=0.05)
    assert await asked is Verdict.UNKNOWN
    asked = ask_openai("k", model="m", base_url=address, within=0.05)
    assert await asked is Verdict.UNKNOWN
    server.close()


async def test_the_process_says_one_sentence_and_never_the_key(tmp_path: Path) -> None:
    from tests.stories.theatre import Process

    async with GeminiStandIn() as server:
        process = await Process.start(
            "-m",
            "service",
            "run",
            env={
                "TELEGRAM_BOT_TOKEN": "1:x",
                "TELEGRAM_API_BASE": "http://127.0.0.1:1",
                "GEMINI_API_KEY": "bad-and-secret",
                "GEMINI_BASE_URL": server.address,
                "GREENROOM_DATA_DIR": str(tmp_path),
            },
        )
        process.listen()
        code = await process.ended()

    said = process.output.decode()
    assert code == 78
    assert said.splitlines()[-1].startswith("Google does not accept GEMINI_API_KEY")
    assert "bad-and-secret" not in said
    assert "Traceback" not in said


async def test_a_model_that_draws_and_is_not_there_is_named_without_holding_up_the_start() -> None:
    async with GeminiStandIn() as server:
        given = {"gemini_api_key": "good", "gemini_base_url": server.address}
        wrong = settings(**given, image_model="painter", summary_model="")
        with structlog.testing.capture_logs() as told:
            async with opened_model(wrong, Texts(), Watch()):
                with anyio.fail_after(5):
                    while not any("setting" in each for each in told):  # noqa: ASYNC110  (it is asked in the background)
                        await anyio.sleep(0.01)
            found = [each.key for each in await doctor._models(wrong)]
            assert found == ["doctor-model", "doctor-no-model"]

    (line,) = [each for each in told if "setting" in each]
    assert (line["model"], line["setting"]) == ("painter", "GREENROOM_IMAGE_MODEL")
