"""Conversion of units; no network, exact factors."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Final

from service.tools.declared import ToolError

# Factors to the first unit of each line. International definitions: an inch is 25.4 mm, a pound
# 0.45359237 kg, a US gallon 231 cubic inches, an imperial gallon 4.54609 l.
_FACTORS: Final[dict[str, dict[str, float]]] = {
    "length": {
        "m": 1, "km": 1000, "cm": 0.01, "mm": 0.001, "in": 0.0254, "ft": 0.3048, "yd": 0.9144,
        "mi": 1609.344, "nmi": 1852, "li": 500,
    },
    "mass": {
        "kg": 1, "g": 0.001, "mg": 1e-6, "t": 1000, "lb": 0.45359237, "oz": 0.028349523125,
        "st": 6.35029318, "jin": 0.5,
    },
    "volume": {
        "l": 1, "ml": 0.001, "m3": 1000, "gal": 3.785411784, "qt": 0.946352946,
        "pt": 0.473176473, "cup": 0.2365882365, "floz": 0.0295735295625, "impgal": 4.54609,
        "tbsp": 0.01478676478125, "tsp": 0.00492892159375,
    },
    "speed": {"m/s": 1, "km/h": 1 / 3.6, "mph": 0.44704, "kn": 1852 / 3600},
    "area": {
        "m2": 1, "km2": 1e6, "cm2": 1e-4, "ha": 1e4, "acre": 4046.8564224, "ft2": 0.09290304,
        "mi2": 2589988.110336, "mu": 2000 / 3,
    },
    "data": {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 1024, "MiB": 1024**2,
             "GiB": 1024**3, "TiB": 1024**4},
    "time": {"s": 1, "min": 60, "h": 3600, "d": 86400, "wk": 604800},
    "energy": {"J": 1, "kJ": 1000, "cal": 4.184, "kcal": 4184, "Wh": 3600, "kWh": 3.6e6},
    "pressure": {"Pa": 1, "hPa": 100, "kPa": 1000, "bar": 1e5, "psi": 6894.757293168,
                 "atm": 101325},
}  # fmt: skip
_NAMES: Final = {
    "metre": "m", "meter": "m", "kilometre": "km", "kilometer": "km", "mile": "mi",
    "foot": "ft", "feet": "ft", "inch": "in", "inches": "in", "yard": "yd", "pound": "lb",
    "lbs": "lb", "ounce": "oz", "gram": "g", "kilogram": "kg", "kilo": "kg", "tonne": "t",
    "litre": "l", "liter": "l", "gallon": "gal", "pint": "pt", "cups": "cup", "hour": "h",
    "minute": "min", "second": "s", "day": "d", "week": "wk", "kmh": "km/h", "kph": "km/h",
    "knot": "kn", "acres": "acre", "hectare": "ha", "celsius": "°C", "c": "°C",
    "fahrenheit": "°F", "f": "°F", "kelvin": "K", "k": "K", "°c": "°C", "°f": "°F",
    "公里": "km", "米": "m", "英里": "mi", "斤": "jin", "公斤": "kg", "磅": "lb", "升": "l",
    "里": "li", "亩": "mu", "摄氏度": "°C", "华氏度": "°F", "厘米": "cm", "毫米": "mm", "克": "g",
    "吨": "t", "毫升": "ml", "平方米": "m2", "公顷": "ha", "英尺": "ft", "英寸": "in",
    "加仑": "gal", "degc": "°C", "degf": "°F", "stone": "st", "fluid ounce": "floz",
    "fl oz": "floz",
    "teaspoon": "tsp", "tablespoon": "tbsp", "sqft": "ft2", "sqm": "m2", "calorie": "cal",
    "kilocalorie": "kcal", "joule": "J", "kilojoule": "kJ", "watt hour": "Wh",
    "kilowatt hour": "kWh", "pascal": "Pa", "metric ton": "t", "nautical mile": "nmi",
    "km per hour": "km/h", "mile per hour": "mph", "meter per second": "m/s", "byte": "B",
    **{f"{prefix}{long}": f"{short}{unit}"
       for prefix, short in (("kilo", "k"), ("centi", "c"), ("milli", "m"))
       for long, unit in (("metre", "m"), ("meter", "m"), ("gram", "g"), ("litre", "l"),
                          ("liter", "l"))
       if f"{short}{unit}" in {"km", "cm", "mm", "kg", "mg", "ml"}},
}  # fmt: skip
_EXACT: Final = {"Cal": "kcal"}
"""What means something else in small letters: the calorie on food is a thousand of the others."""
_CELSIUS: Final = {"°C": (1.0, 0.0), "°F": (5 / 9, -160 / 9), "K": (1.0, -273.15)}
"""Degrees Celsius are factor times value plus offset."""


async def convert_units(value: float, source: str, target: str) -> str:
    """Convert a value between units of length, mass, volume, speed, area, temperature and more.

    Args:
        value: The number to convert.
        source: Its unit, such as km, lb, °F, gal, km/h, kWh.
        target: The unit that is wanted.

    """
    return f"{value:g} {source.strip()} = {converted(value, source, target):.6g} {target.strip()}"


def converted(value: float, source: str, target: str) -> float:
    """Return *value* of unit *source* in unit *target*.

    Raises:
        ToolError: A unit is unknown, or the two measure different things.

    """
    one, other = _unit(source), _unit(target)
    if _kind(one) != _kind(other):
        what = f"{source} measures {_kind(one)}, and {target} {_kind(other)}"
        raise ToolError(f"{what}. Units of {_kind(one)}: {', '.join(_units(_kind(one)))}.")
    if one in _CELSIUS:
        factor, offset = _CELSIUS[one]
        back, behind = _CELSIUS[other]
        celsius = value * factor + offset
        if celsius < -273.15 - 1e-9:
            raise ToolError(f"{value:g} {source} is below absolute zero.")
        found = (celsius - behind) / back
    else:
        units = _FACTORS[_kind(one)]
        found = value * units[one] / units[other]
    if not math.isfinite(found):
        raise ToolError("That number is too large, or none.")
    return found


def _kind(unit: str) -> str:
    return next((kind for kind, units in _FACTORS.items() if unit in units), "temperature")


def _units(kind: str) -> Iterable[str]:
    return _FACTORS.get(kind, _CELSIUS)


def _unit(name: str) -> str:
    text = " ".join(name.replace("²", "2").replace("³", "3").split())
    every = {unit for units in _FACTORS.values() for unit in units} | set(_CELSIUS)
    small = text.casefold().replace("square ", "sq ").replace("sq. ", "sq ")
    small = re.sub("^deg(rees?)? ", "", small)
    if small.startswith("sq "):
        return _unit(f"{_unit(small[3:])}2")
    # "pounds", "square feet", "meters per second"
    singular = small.removesuffix("s").replace("s per ", " per ")
    for candidate in (
        text, _EXACT.get(text), _NAMES.get(small), _NAMES.get(singular), small, singular
    ):  # fmt: skip
        if candidate in every:
            return candidate
    every_kind: dict[str, Iterable[str]] = {**_FACTORS, "temperature": _CELSIUS}
    known = "; ".join(f"{kind}: {', '.join(units)}" for kind, units in every_kind.items())
    raise ToolError(f"The unit {name!r} is not known. There are {known}.")
