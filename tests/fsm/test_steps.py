"""A text is cut at its signatures, and a cut text does not keep what no longer fits."""

from __future__ import annotations

from fsm.steps import Call, Result, Seal, Step, last_words, stretches


def seal(start: int, end: int, signature: bytes = b"s") -> Seal:
    return Seal(start=start, end=end, signature=signature)


def test_signed_and_unsigned_stretches_stay_apart() -> None:
    seals = (seal(2, 4, b"one"), seal(4, 5, b"two"), seal(6, 6, b"end"))

    assert stretches("abcdef", seals) == [
        ("ab", b""),
        ("cd", b"one"),
        ("e", b"two"),
        ("f", b""),
        ("", b"end"),
    ]


def test_a_signature_beyond_the_text_is_left_out() -> None:
    assert stretches("abc", (seal(2, 9),)) == [("abc", b"")]
    assert stretches("", ()) == []


def test_the_last_words_are_those_after_the_tools() -> None:
    result = Result(call="1", name="t", output="x")
    step = Step(text="Let me see. ", calls=(Call(id="1", name="t"),), results=(result,))

    assert last_words("Let me see. It rains.", (step,)) == "It rains."
    assert last_words("Something else", (step,)) == "Something else"
