"""What the disk costs an answer: the real process says when it syncs, and when it sends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stories.theatre import StandIns, theatre

pytestmark = pytest.mark.anyio

QUESTION = "[[first:200]] [[chunks:6:100]] what is it?"
MOST = 2
"""The sync under way when the answer is finished (of its last words, or of others), and its own."""


async def test_an_answer_that_is_finished_waits_for_two_syncs_at_most(
    places: StandIns, tmp_path: Path
) -> None:
    async with theatre(places, tmp_path / "data") as stage:
        await stage.start(mine="diary:1")
        ada, ben = await stage.person("Ada"), await stage.person("Ben")
        group = ben.at(await stage.group(ben))
        for person, called in ((ada, ""), (group, "@greenroom_bot ")):
            await person.says(called + QUESTION)
            await person.waits_for(1)

        written = (tmp_path / "data.diary").read_text().split("asked")[1:]
        waits = [turn.partition("finished")[2].partition("sent")[0] for turn in written]
        assert "bubble" not in written[0], "grows as a draft"
        assert "bubble" in written[1], "grows by edits"
        assert [1 <= wait.count("synced") <= MOST for wait in waits] == [True, True], written
