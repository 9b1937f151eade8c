from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from actors.peers import PeerView
from fsm.states import State
from service.observe.gauges import CAUSES
from service.operators import buttons
from service.operators.actions import CHAT_ACTIONS, LETTER_ACTIONS
from service.operators.facts import (
    Attention,
    ChatFacts,
    Disk,
    FleetFacts,
    Moved,
    ProviderFacts,
)
from service.operators.letters import Letter
from service.operators.pages import Pages, span
from service.operators.reasons import because
from service.texts import LANGUAGES, Texts

NOW = 1_000_000.0


def chat(**given: Any) -> ChatFacts:
    usual: dict[str, Any] = {
        "key": "telegram.7.42",
        "now": NOW,
        "status": "idle",
        "state": State.IDLE,
        "since": NOW - 200,
    }
    return ChatFacts(**{**usual, **given})


def fleet(**given: Any) -> FleetFacts:
    usual: dict[str, Any] = {
        each.name: 0 if each.type in {"int", "float"} else () for each in fields(FleetFacts)
    }
    more = {"now": NOW, "started": NOW - 7200, "failing": False, "disk": None, "polling": "ok"}
    return FleetFacts(**{**usual, **more, **given})


def page(facts: ChatFacts, language: str = "en") -> str:
    return Pages(Texts(), language).chat(facts)


GENERATE = (("generate", NOW - 3),)
PENDING = (("pending", 2),)

SILENT = [
    ({}, "debug-because-person", None),
    ({"status": "absent", "state": None}, "debug-because-absent", None),
    ({"status": "quarantined", "mail": 3}, "debug-because-quarantined", None),
    ({"status": "suspended", "mail": 3}, "debug-because-suspended", None),
    ({"status": "loading", "state": None}, "debug-because-loading", None),
    ({"status": "backoff", "backoff_until": NOW + 4}, "debug-because-backoff", 4),
    ({"parts": PENDING, "penalty_until": NOW + 60}, "debug-because-penalty", 60),
    ({"parts": PENDING, "penalty_until": NOW - 1}, "debug-because-delivery", None),
    ({"parts": (("sending", 1),), "state": State.COOLING}, "debug-because-delivery", None),
    ({"parts": (("withheld", 2),)}, "debug-because-person", None),
    ({"penalty_until": NOW + 60}, "debug-because-person", None),
    ({"state": State.GENERATING, "effects": GENERATE}, "debug-because-model", None),
    ({"state": State.STREAMING, "effects": GENERATE}, "debug-because-model", None),
    ({"state": State.GENERATING}, "debug-because-idle-model", None),
    (
        {"state": State.COLLECTING, "timers": (("window", NOW + 0.8),)},
        "debug-because-collecting",
        0.8,
    ),
    ({"state": State.COOLING, "timers": (("pause", NOW + 1),)}, "debug-because-cooling", 1),
    ({"mail": 1, "status": "queued"}, "debug-because-mail", None),
    ({"spilled": 1}, "debug-because-full", None),
    ({"gone_at": NOW - 9, "heard_at": NOW - 10}, "debug-because-gone", None),
    ({"gone_at": NOW - 9, "heard_at": NOW - 1}, "debug-because-person", None),
    (
        {"state": State.GENERATING, "effects": GENERATE, "provider_down": True},
        "debug-because-provider",
        None,
    ),
    ({"problem": "problem-unavailable"}, "debug-because-provider", None),
    ({"problem": "problem-blocked"}, "debug-because-person", None),
    ({"problem": "problem-budget"}, "debug-because-budget", None),
    ({"poisoned_at": NOW - 5, "answered_at": NOW - 50}, "debug-because-poison", None),
    ({"poisoned_at": NOW - 50, "answered_at": NOW - 5}, "debug-because-person", None),
    ({"intake": "dead"}, "debug-because-poller", None),
    ({"intake": "paused"}, "debug-because-paused", None),
    ({"intake": "disk"}, "debug-because-disk", None),
    ({"status": "absent", "state": None, "intake": "dead"}, "debug-because-poller", None),
]


@pytest.mark.parametrize(("given", "key", "left"), SILENT)
def test_the_reason_of_a_silence_is_found(
    given: dict[str, Any], key: str, left: float | None
) -> None:
    reason = because(chat(**given))

    assert reason.key == key
    assert reason.left == (None if left is None else pytest.approx(left))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("given", "key", "left"), SILENT)
def test_the_page_begins_with_that_reason(
    given: dict[str, Any], key: str, left: float | None, language: str
) -> None:
    first = page(chat(**given), language).split("\n")[2]

    assert first.startswith(Texts().plain(language, key))
    assert left is None or span(left) in first


def test_the_page_of_a_chat_tells_everything_that_is_known() -> None:
    told = page(
        chat(
            state=State.STREAMING,
            since=NOW - 12,
            turn=5,
            attempt=2,
            memory=9,
            mail=3,
            spilled=11,
            waiting=2,
            effects=(("generate", NOW - 90),),
            timers=(("pause", NOW + 15),),
            parts=(("pending", 4), ("sent", 1)),
            gate=PeerView(
                until=NOW + 30,
                busy_since=NOW - 2,
                finals=("a",),
                previews=("a", "b"),
                slowness=4.0,
                left=1.5,
            ),
            penalty_until=NOW + 30,
            crashes=6,
            last_error="ZeroDivisionError",
            trace=((NOW - 2, "Grew", "ok"),),
            moves=(
                Moved(
                    at=NOW - 12, before="generating", after="streaming", message="Grew", stayed=3
                ),
            ),
            owes=NOW + 40,
            written_at=NOW - 7,
            size=3400,
            tokens=77,
            traced=True,
            crash_report="crash report: chat/x during Asked",
        )
    )

    for expected in (
        "streaming for 12 s",
        "Turn 5, attempt 2; 9 turns",
        "3 in memory, 11 in the journal; 2 prompts",
        "generate 90 s",
        "pause 15 s",
        "pending 4, sent 1",
        "under way 2.0 s, answers in line 1, previews 2, calls left 1.5, previews slowed down 4.0",
        "another 30 s",
        "6; last error: ZeroDivisionError",
        "2.0 s  Grew ok",
        "12 s  generating → streaming  (Grew, 3.0 s)",
        "by itself in 40 s",
        "7.0 s ago; its snapshot has 3.4 kB",
        "Tokens since the start: 77",
        "Every turn of it is being logged",
        "crash report: chat/x during Asked",
    ):
        assert expected in told


def test_a_quiet_chat_has_no_empty_places() -> None:
    told = page(chat())

    assert "None" not in told
    assert "{" not in told
    assert "Effects running: none" in told


def test_the_overview_adds_up_what_the_chats_do() -> None:
    told = Pages(Texts(), "en").fleet(
        fleet(
            actors=12,
            states=(("idle", 10), ("streaming", 2)),
            dead_letters=3,
            children=(("gate", True, 0), ("poller", False, 4)),
            lost=("series",),
        )
    )

    assert "up for 2 h" in told
    assert "12 (idle 10, streaming 2)" in told
    assert "dead letters 3" in told
    assert "gate ✓ 0, poller ✗ 4" in told
    assert "series ended too often and was given up" in told
    assert "does not take more" not in told


def test_the_cached_share_and_the_load_of_a_model_are_shown() -> None:
    busy = ProviderFacts(
        name="gemini",
        state="closed",
        failures=0,
        rests_for=0,
        calls=9,
        problem="",
        failing_since=0,
        at_once=5,
        waiting=2,
        cached=87,
    )

    told = Pages(Texts(), "en").fleet(fleet(providers=(busy,)))

    assert "gemini closed (5 at once, 2 waiting; 87 % cached)" in told
    assert "the provider's cache: 87 %" in page(chat(cached=87))
    assert "cache" not in page(chat())


def test_the_overview_says_first_what_keeps_everybody_waiting() -> None:
    down = ProviderFacts(
        name="gemini",
        state="open",
        failures=3,
        rests_for=12,
        calls=9,
        problem="problem-unavailable",
        failing_since=NOW - 60,
        out_since=NOW - 45,
        openings=3,
    )
    draws = replace(down, name="draws", state="closed", out_since=0, openings=0, answers=False)
    waiting = Attention(
        key="telegram.7.42", cause="provider", left=None, state="generating", since=NOW - 9
    )
    told = Pages(Texts(), "en").fleet(
        fleet(
            polling="dead",
            poll_age=300,
            providers=(down, draws),
            attention=(waiting,),
            lag=0.25,
            disk=Disk(free=5_000_000_000, total=100_000_000_000),
            penalties=(("peer/telegram.7.1", NOW + 9),),
        )
    )

    assert told.index("has not answered for 5 min") < told.index("Chats in memory")
    for expected in (
        "No model can be asked just now.",
        "gemini open (for 45 s; asked again in 12 s; opened 3 times)",
        "late by at most 250 ms",
        "5.0 GB free (5 %)",
        "peers under penalty 1",
        "`telegram.7.42` No model can be asked",
    ):
        assert expected in told


def letter(**given: Any) -> Letter:
    usual: dict[str, Any] = {
        "id": "ab12",
        "at": NOW - 240,
        "actor": "chat/telegram.7.42",
        "reason": "poison",
        "message": "Inbound",
        "error": "ValueError",
        "bot": "7",
        "update": {"message": {"text": "very private"}},
    }
    return Letter(**{**usual, **given})


def test_dead_letters_are_listed_without_what_stands_in_them() -> None:
    told = Pages(Texts(), "en").dead([letter(), letter(actor="", error="")], NOW)

    assert "Dead letters: 2" in told
    assert "1. 4 min ago, chat/telegram.7.42: poison (ValueError)" in told
    assert "private" not in told


def test_each_button_fits_into_what_telegram_carries_and_has_a_label() -> None:
    longest = chat(key="telegram.1234567890.-1009876543210.1234567890", status="quarantined")
    keys = [key for each in (longest, chat()) for row in buttons.of_chat(each) for key in row]
    keys += [key for row in buttons.of_chat(chat(status="suspended", traced=True)) for key in row]
    keys += [(label, data) for row in buttons.of_letters([letter()]) for label, data, _ in row]

    assert all(len(data.encode()) <= 64 for _, data in keys)
    for language in LANGUAGES:
        assert all(Texts().plain(language, label) for label, _ in keys)
    assert {data.split(":")[1] for _, data in keys} == {
        *CHAT_ACTIONS,
        *LETTER_ACTIONS,
        "refresh",
    }


def test_a_letter_without_an_update_cannot_be_replayed() -> None:
    [row] = buttons.of_letters([letter(update=None)])

    assert [data.split(":")[1] for _, data, _ in row] == ["read", "remove"]


@pytest.mark.parametrize("key", [key for _, key, _ in SILENT])
def test_every_reason_has_a_place_among_the_metrics(key: str) -> None:
    assert key.partition("because-")[2] in CAUSES


def test_a_failing_disk_is_named() -> None:
    told = Pages(Texts(), "en").fleet(fleet(failing=True))

    assert Texts().plain("en", "debug-disk-failing") in told


def test_an_operator_reads_chinese_if_that_is_the_language() -> None:
    assert "状态" in page(chat(), "zh-CN")


def test_what_is_in_a_name_cannot_become_markup() -> None:
    assert r"\*\*x\*\*" in page(replace(chat(), key="telegram.7.**x**"))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.04, "0.0 s"),
        (0.8, "0.8 s"),
        (12, "12 s"),
        (119, "119 s"),
        (180, "3 min"),
        (7200, "2 h"),
        (172_800, "2 d"),
        (-3, "-3.0 s"),
    ],
)
def test_lengths_of_time_are_said_as_people_do(seconds: float, said: str) -> None:
    assert span(seconds) == said
