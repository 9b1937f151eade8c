"""The cache of media: bounded, private, and content with losing what can be had again."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from snapshots import KeyRing, Plain
from snapshots.media import MediaCache

OLD, NEW = b"o" * 32, b"n" * 32


def test_what_was_put_is_there_again_in_the_next_life(tmp_path: Path) -> None:
    MediaCache(tmp_path).put("a", b"picture")

    assert MediaCache(tmp_path).get("a") == b"picture"
    assert MediaCache(tmp_path).get("b") is None
    assert {each.stat().st_mode & 0o777 for each in tmp_path.iterdir()} == {0o600}


def test_the_least_recently_used_go_first_in_the_next_life_too(tmp_path: Path) -> None:
    cache = MediaCache(tmp_path, limit=1000)
    for number, ref in enumerate("abcde", start=1):
        cache.put(ref, ref.encode() * 195)
        (newest,) = [each for each in tmp_path.iterdir() if each.stat().st_mtime > 1000]
        os.utime(newest, (number, number))
    assert cache.get("a")

    again = MediaCache(tmp_path, limit=1000)
    again.put("f", b"f" * 195)

    assert [ref for ref in "abcdef" if again.get(ref)] == ["a", "c", "d", "e", "f"]
    assert again.bytes <= 1000


def test_what_would_push_out_everything_else_is_not_kept(tmp_path: Path) -> None:
    cache = MediaCache(tmp_path, limit=1000)
    cache.put("a", b"small")

    cache.put("film", b"x" * 900)

    assert (cache.get("a"), cache.get("film")) == (b"small", None)


def test_a_damaged_file_is_as_good_as_none(tmp_path: Path) -> None:
    cache = MediaCache(tmp_path)
    cache.put("a", b"picture")
    (path,) = tmp_path.iterdir()
    path.write_bytes(b"\x00" * 20)

    assert cache.get("a") is None
    assert list(tmp_path.iterdir()) == []


def test_with_keys_nothing_can_be_read_from_the_files(tmp_path: Path) -> None:
    cache = MediaCache(tmp_path, cipher=KeyRing([OLD]))
    cache.put("a", b"a very private picture")
    (path,) = tmp_path.iterdir()

    assert b"private" not in path.read_bytes()
    assert cache.get("a") == b"a very private picture"
    assert MediaCache(tmp_path, cipher=Plain()).get("a") is None


def test_after_a_change_of_keys_only_what_the_new_one_sealed_stays(tmp_path: Path) -> None:
    MediaCache(tmp_path).put("a", b"plain picture")
    MediaCache(tmp_path, cipher=KeyRing([OLD])).put("b", b"old picture")
    cache = MediaCache(tmp_path, cipher=KeyRing([NEW, OLD]))
    cache.put("c", b"new picture")

    assert cache.rekey() == 2
    assert [cache.get(ref) for ref in "abc"] == [None, None, b"new picture"]
    assert cache.clear() == 1
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_costs_only_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = MediaCache(tmp_path)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", full)
    cache.put("a", b"downloaded")

    assert cache.get("a") is None
    assert list(tmp_path.iterdir()) == []


def test_what_was_made_stays_until_it_is_let_go_however_full_it_is(tmp_path: Path) -> None:
    cache = MediaCache(tmp_path, limit=1000)
    ref = cache.keep("telegram.1.42", b"m" * 900)
    for number in range(20):
        cache.put(f"file {number}", b"f" * 200)

    again = MediaCache(tmp_path, limit=1000)
    assert again.get(ref) == b"m" * 900

    again.let_go(ref)
    again.let_go(ref)
    assert again.get(ref) == b"m" * 900
    for number in range(20):
        again.put(f"file {number}", b"f" * 200)
    assert again.get(ref) is None
    assert again.bytes <= 1000


def test_what_was_made_is_on_the_disk_before_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, synced = MediaCache(tmp_path), []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.fstat(handle).st_mode))

    cache.keep("telegram.1.42", b"picture")

    assert [stat.S_ISDIR(mode) for mode in synced] == [False, True]


def test_a_disk_that_takes_nothing_says_so(tmp_path: Path) -> None:
    cache = MediaCache(tmp_path / "gone")
    (tmp_path / "gone").rmdir()

    with pytest.raises(OSError, match="No such file"):
        cache.keep("telegram.1.42", b"picture")


def test_forgetting_a_chat_leaves_what_was_made_for_others(tmp_path: Path) -> None:
    cache = MediaCache(tmp_path)
    cache.put("sent", b"by whom?")
    mine, old = cache.keep("telegram.1.42", b"mine"), cache.keep("telegram.1.42", b"old")
    other = cache.keep("telegram.1.43", b"other")
    cache.let_go(old)

    cache.forget("telegram.1.42")

    assert [cache.get(ref) for ref in (mine, old, "sent", other)] == [None, None, None, b"other"]


def test_sealing_anew_keeps_what_was_made(tmp_path: Path) -> None:
    ref = MediaCache(tmp_path, cipher=KeyRing([OLD])).keep("telegram.1.42", b"picture")

    assert MediaCache(tmp_path, cipher=KeyRing([NEW, OLD])).rekey() == 1

    assert MediaCache(tmp_path, cipher=KeyRing([NEW])).get(ref) == b"picture"


def test_what_nobody_came_for_in_a_month_goes(tmp_path: Path) -> None:
    ref = MediaCache(tmp_path).keep("telegram.1.42", b"picture")
    (path,) = tmp_path.iterdir()
    os.utime(path, (1000, 1000))

    assert MediaCache(tmp_path).get(ref) is None
    assert list(tmp_path.iterdir()) == []
