"""Arithmetic typed by a stranger, worked out without `eval` and without a way to take long."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable
from typing import Final

_BINARY: Final[dict[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_UNARY: Final[dict[type[ast.unaryop], Callable[[float], float]]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}
_LONGEST: Final = 200
_DEEPEST: Final = 40
_LARGEST: Final = 1e300
_FORMULA: Final = re.compile(r"[\d(+\-.][\d\s.,()+\-*/×÷^%]*[\d)]")
_DATE: Final = re.compile(r"\d+(?:[-/.]\d+){2,}|\d{3,}-\d+")
_THOUSANDS: Final = re.compile(r",(?=\d{3}(?!\d))")
_SIGNS: Final = str.maketrans({"×": "*", "÷": "/", "^": "**", ",": ".", "（": "(", "）": ")"})


class NoNumberError(Exception):
    """The formula has no value that is worth saying: divided by zero, or much too large."""


def formula_in(text: str) -> str:
    """Return the first formula with an operator in *text*, or an empty string."""
    for found in _FORMULA.finditer(text[:2000]):
        formula = found.group().strip()
        if _DATE.fullmatch(formula):
            continue
        if len(formula) <= _LONGEST and re.search(
            r"[\d)]\s*(?:\*\*|//|[-+*/×÷^%])\s*[\d(.+-]", formula
        ):
            return formula
    return ""


def value_of(formula: str) -> str:
    """Return the value of *formula*, as a person would write it.

    Raises:
        NoNumberError: It has none.

    """
    try:
        tree = ast.parse(_THOUSANDS.sub("", formula).translate(_SIGNS), mode="eval")
        value = _value(tree.body, 0)
        return f"{value:,}" if isinstance(value, int) else _rounded(value)
    except (SyntaxError, ArithmeticError, ValueError, RecursionError, MemoryError) as wrong:
        raise NoNumberError(formula) from wrong


def _value(node: ast.expr, depth: int) -> float:
    if depth > _DEEPEST:
        raise ValueError("too deep")
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.UnaryOp(op=sign, operand=inner) if type(sign) in _UNARY:
            return _UNARY[type(sign)](_value(inner, depth + 1))
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(_value(left, depth + 1), _value(right, depth + 1))
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _BINARY:
            value = _BINARY[type(sign)](_value(left, depth + 1), _value(right, depth + 1))
            return _checked(value)
        case _:
            raise ValueError("not arithmetic")


def _power(base: float, exponent: float) -> float:
    """Return a power; its size is looked at first, because 9**9**9 would take for ever."""
    if base and abs(exponent) * math.log10(abs(base) + 1) > 300:
        raise ValueError("too large")
    value = base**exponent
    if isinstance(value, complex):
        raise ValueError("not a real number")  # noqa: TRY004  (a formula's value, not a type)
    return _checked(value)


def _checked(value: float) -> float:
    if abs(value) > _LARGEST or value != value:
        raise ValueError("too large")
    return value


def _rounded(value: float) -> str:
    return (
        f"{round(value, 10):,.10f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:g}"
    )
