"""What every model behind a server promises: connections, deadlines, second tries."""

from __future__ import annotations

import hashlib
import json
import time
from contextlib import aclosing

import anyio
import pytest

from actors.ports import (
    BlockedError,
    Done,
    EmptyAnswerError,
    InterruptedStreamError,
    MisconfiguredError,
    Model,
    ProviderError,
    QuotaExhaustedError,
    Request,
    TooLongError,
    UnavailableError,
)
from fsm.content import Prompt
from fsm.memory import Outcome
from service.models.tries import Deadlines
from tests.contracts.model import (
    KEY,
    Make,
    ModelContract,
    a_picture,
    all_of,
    exchange,
    fetch,
    question,
    text_of,
)
from tests.stand_ins.server import StandIn


async def hung_up(server: StandIn, within: float = 2) -> float:
    """Wait until the server has seen the client hang up; return when that was."""
    with anyio.fail_after(within):
        while not server.calls[-1].closed_early_at:  # noqa: ASYNC110  (told by another program)
            await anyio.sleep(0.005)
    return server.calls[-1].closed_early_at


class RemoteContract(ModelContract):
    """For those that ask a server; *server* is the stand-in behind `make`."""

    hung_up_within = 0.3

    async def test_how_a_chat_wants_its_answers_follows_our_own_instruction(
        self, make: Make, server: StandIn
    ) -> None:
        model = make()
        await text_of(model, question("plain"))
        await text_of(model, question("in verse", manner="Answer in verse."))

        plain, in_verse = (json.dumps(call.body, ensure_ascii=False) for call in server.calls)
        assert "Answer in verse." not in plain
        assert in_verse.index("helpful assistant") < in_verse.index("Answer in verse.")

    @pytest.mark.parametrize("silent_after", [0, 1])
    async def test_a_server_that_falls_silent_is_given_up(
        self, make: Make, server: StandIn, silent_after: int
    ) -> None:
        await text_of(make(), question("warm up"))  # packages are imported outside the deadline
        model = make(deadlines=Deadlines(first=0.3, silence=0.3))
        error = InterruptedStreamError if silent_after else UnavailableError

        with pytest.raises(error):
            await all_of(model, question(f"[[stall:{silent_after}]]"))
        await hung_up(server, self.hung_up_within)

    async def test_a_silence_before_the_first_word_is_tried_again(self, make: Make) -> None:
        await text_of(make(), question("warm up"))
        model = make(deadlines=Deadlines(first=0.4))

        assert "END." in await text_of(model, question("[[stall:0:1]]"))

    async def test_an_answer_that_never_ends_is_ended(self, make: Make) -> None:
        await text_of(make(), question("warm up"))
        # Long enough for a first word on a machine that does other things as well.
        model = make(deadlines=Deadlines(total=1.5))

        with pytest.raises(InterruptedStreamError):
            await all_of(model, question("[[chunks:100:50]]"))

    async def test_two_bad_moments_of_a_server_are_not_noticed(
        self, make: Make, server: StandIn
    ) -> None:
        for mark in ("503", "500", "502", "504", "408"):
            assert "END." in await text_of(make(), question(f"[[{mark}:2]]"))
        assert [call.status for call in server.calls[:3]] == [503, 503, 200]

    async def test_a_third_bad_moment_is_one_too_many(self, make: Make, server: StandIn) -> None:
        with pytest.raises(UnavailableError):
            await all_of(make(), question("[[503:3]]"))
        assert len(server.calls) == 3

    async def test_nobody_waits_for_a_bad_server_when_another_stands_ready(
        self, make: Make, server: StandIn
    ) -> None:
        with pytest.raises(UnavailableError):
            await all_of(make(), question("[[503:1]]", patient=False))
        assert len(server.calls) == 1

    async def test_a_refused_connection_is_known_at_once(self, make: Make) -> None:
        await text_of(make(), question("warm up"))
        model = make(base_url="http://127.0.0.1:1")
        await raised(model, question("hello"))  # this one still builds its client

        began = time.monotonic()
        error = await raised(model, question("hello", patient=False))

        assert type(error) is UnavailableError
        assert time.monotonic() - began < 0.5

    async def test_a_short_limit_is_waited_for(self, make: Make, server: StandIn) -> None:
        assert "END." in await text_of(make(), question("[[429:2:0]]"))
        assert [call.status for call in server.calls] == [429, 429, 200]

    async def test_a_spent_quota_is_not_asked_again(self, make: Make, server: StandIn) -> None:
        with pytest.raises(QuotaExhaustedError):
            await all_of(make(), question("[[quota]]"))
        assert len(server.calls) == 1

    @pytest.mark.parametrize("mark", ["key", "401", "403", "404"])
    async def test_a_wrong_setup_is_for_the_operator(
        self, make: Make, server: StandIn, mark: str
    ) -> None:
        with pytest.raises(MisconfiguredError) as caught:
            await all_of(make(), question(f"[[{mark}]]"))
        assert KEY not in str(caught.value)
        assert len(server.calls) == 1

    async def test_a_question_nobody_can_read_fails_without_a_second_try(
        self, make: Make, server: StandIn
    ) -> None:
        assert type(await raised(make(), question("[[400]]"))) is ProviderError
        assert len(server.calls) == 1

    async def test_too_long_a_talk_is_asked_with_its_later_half(
        self, make: Make, server: StandIn
    ) -> None:
        context = tuple(exchange(number, f"turn {number}.") for number in range(1, 5))

        answer = await text_of(make(), question("[[toolong:1]]", context=context))

        assert "turn 3. / turn 4." in answer
        assert "turn 2." not in answer
        with pytest.raises(TooLongError):
            await all_of(make(), question("[[toolong]] again", context=context))

    async def test_an_answer_cut_by_its_length_says_so(self, make: Make) -> None:
        assert (await all_of(make(), question("[[length]]")))[-1] == Done(reason="length")

    async def test_an_empty_answer_is_asked_for_once_more(
        self, make: Make, server: StandIn
    ) -> None:
        assert "END." in await text_of(make(), question("[[empty:1]]"))
        with pytest.raises(EmptyAnswerError):
            await all_of(make(), question("[[empty]] again"))
        assert len(server.calls) == 4

    async def test_a_block_in_the_middle_ends_the_answer(self, make: Make, server: StandIn) -> None:
        with pytest.raises(BlockedError):
            await all_of(make(), question("[[unsafe:2]]"))
        assert len(server.calls) == 1

    async def test_a_stream_without_an_end_was_interrupted(
        self, make: Make, server: StandIn
    ) -> None:
        with pytest.raises(InterruptedStreamError):
            await all_of(make(), question("[[nofinish:2]]"))
        assert len(server.calls) == 1
        assert "END." in await text_of(make(), question("[[nofinish:0:1]]"))

    async def test_a_line_cut_before_the_first_word_is_not_noticed(self, make: Make) -> None:
        assert "END." in await text_of(make(), question("[[cut:0:1]]"))

    async def test_leaving_a_stream_hangs_up_at_once(self, make: Make, server: StandIn) -> None:
        model = make()
        async with aclosing(model.answer(question("[[chunks:100:20]]"))) as stream:
            await anext(stream)
            left = time.time()

        assert await hung_up(server) - left < self.hung_up_within

    async def test_a_cancelled_reader_hangs_up_at_once(self, make: Make, server: StandIn) -> None:
        model = make()
        with anyio.CancelScope() as scope:
            async with aclosing(model.answer(question("[[chunks:100:20]]"))) as stream:
                await anext(stream)
                left = time.time()
                scope.cancel()
                await anyio.sleep(1)  # as a reader does that shows a draft meanwhile

        assert await hung_up(server) - left < self.hung_up_within

    async def test_turns_one_after_the_other_share_a_connection(
        self, make: Make, server: StandIn
    ) -> None:
        model = make()
        for number in range(5):
            await text_of(model, question(f"question {number}"))

        assert len({call.connection for call in server.calls}) == 1

    async def test_an_album_arrives_whole_in_one_call(self, make: Make, server: StandIn) -> None:
        media = tuple(a_picture(f"p{number}") for number in range(4))

        answer = await text_of(
            make(), question(prompts=(Prompt(text="Four", media=media),), fetch=fetch)
        )

        assert "Files: 4" in answer
        for each in media:
            assert hashlib.sha256(await fetch(each)).hexdigest()[:12] in answer
        assert len(server.calls) == 1

    async def test_a_picture_of_its_own_is_shown_to_the_model_again(
        self, make: Make, server: StandIn
    ) -> None:
        drawn = exchange(1, "Draw a cat", "A cat.", media=(a_picture("made:cat"),))
        gone = exchange(2, "And a dog", "A dog.", media=(a_picture("gone"),))

        answer = await text_of(
            make(), question("What is in it?", context=(drawn, gone), fetch=fetch)
        )

        assert "Earlier files: 1." in answer
        said = str(server.calls[-1].body)
        assert said.count("for you to see") == 1
        assert said.index("A cat.") < said.index("for you to see") < said.index("And a dog")

    async def test_words_that_nobody_answered_join_the_next_question(
        self, make: Make, server: StandIn
    ) -> None:
        context = (
            exchange(1, "one", "yes"),
            exchange(2, "two", "", outcome=Outcome.FAILED),
            exchange(3, "three", "part", outcome=Outcome.STOPPED),
            exchange(4, "four", "", outcome=Outcome.STOPPED),
        )

        answer = await text_of(make(), question("five", context=context))

        asked = answer[answer.index("Question:") :]
        assert asked.startswith(("Question: four / five.", "Question: four five."))
        assert "part" in str(server.calls[-1].body)

    async def test_a_wish_of_a_button_is_worded_for_the_model(
        self, make: Make, server: StandIn
    ) -> None:
        context = (exchange(1, "Tell me a story", "Once upon a", outcome=Outcome.TRUNCATED),)

        answer = await text_of(
            make(), question(prompts=(Prompt(instruction="continue"),), context=context)
        )

        assert "Question: Continue your last answer exactly where it stopped." in answer

    async def test_the_environment_does_not_choose_the_account(
        self, make: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("GOOGLE_API_KEY", "GEMINI_API_KEY", "OPENAI_API_KEY"):
            monkeypatch.setenv(name, "bad-ambient-key")
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:1")
        monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1")
        monkeypatch.setenv("OPENAI_ORG_ID", "somebody")

        assert "END." in await text_of(make(), question("whose money?"))


async def raised(model: Model, request: Request) -> ProviderError:
    try:
        await all_of(model, request)
    except ProviderError as error:
        return error
    raise AssertionError("nothing was raised")
