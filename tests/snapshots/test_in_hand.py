"""The slot of the running turn: who was in hand when the process ended, twice."""

from __future__ import annotations

from pathlib import Path

from snapshots.in_hand import slot_file


def test_an_update_in_hand_at_two_abnormal_ends_in_a_row_is_a_poison(tmp_path: Path) -> None:
    path = tmp_path / "in-hand"
    first = slot_file(path)
    assert first.poison is None
    first.enter(7)
    second = slot_file(path)  # the first life was killed in the middle of that turn
    assert second.poison is None, "once may be chance"
    second.enter(7)
    third = slot_file(path)
    assert third.poison == 7


def test_one_that_is_survived_is_no_poison(tmp_path: Path) -> None:
    path = tmp_path / "in-hand"
    slot_file(path).enter(7)
    second = slot_file(path)
    second.enter(7)
    second.leave()
    second.enter(8)
    third = slot_file(path)
    assert third.poison is None
    third.enter(8)
    assert slot_file(path).poison == 8


def test_a_kill_between_turns_accuses_nobody(tmp_path: Path) -> None:
    path = tmp_path / "in-hand"
    slot_file(path).enter(7)
    quiet = slot_file(path)
    quiet.enter(9)
    quiet.leave()
    third = slot_file(path)  # killed while nothing was in hand: not in a row any more
    third.enter(7)
    assert slot_file(path).poison is None


def test_an_end_in_good_order_clears_the_slot(tmp_path: Path) -> None:
    path = tmp_path / "in-hand"
    slot = slot_file(path)
    slot.enter(7)
    slot.close()
    assert slot_file(path).poison is None
    assert path.stat().st_mode & 0o777 == 0o600
