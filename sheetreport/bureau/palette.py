"""Colours that can be read: contrast as WCAG 2 has it, and how different the eye sees them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sheetreport.errors import Message

WHITE = "#ffffff"
RED = "#b3261e"  # what is wrong or lost, in every report
GREY = "#868f98"  # what something is compared with
TINTS: Mapping[str, Message] = {
    WHITE: Message("brand_file.on_white", {}),
    "#f5dbd7": Message("brand_file.on_red", {}),
    "#f7e7cd": Message("brand_file.on_orange", {}),
    "#ddede5": Message("brand_file.on_green", {}),
    "#edeff1": Message("brand_file.on_grey", {}),
}
"""The grounds that something stands on, and what they are called."""

TEXT_CONTRAST, GRAPHIC_CONTRAST = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11
APART = 0.12  # in OKLab, where black and white are 1 apart
HUES_APART = 0.1  # the same without lightness: orange and our red are 0.07 apart

_LIGHTNESS_STEPS, _HUE_STEPS = 100, 24
_CHROMAS = (1.0, 0.8, 0.6, 0.4, 0.2, 0.0)


@dataclass(frozen=True, slots=True)
class Colours:
    """What a brand may colour: headings and rules, text, bars and points. None: as built in."""

    accent: str | None = None
    ink: str | None = None
    data: str | None = None


AS_BUILT = Colours()


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def distance(one: str, other: str) -> float:
    """How different two colours look."""
    return math.dist(_oklab(_linear(one)), _oklab(_linear(other)))


def objection(role: str, colour: str) -> Message | None:
    """What is wrong with a colour in its role, with the nearest colour that passes; None where nothing is."""
    problem = _problem(role, colour)
    if problem is None:
        return None
    return Message("brand_file.objection", {"problem": problem, "nearest": nearest(role, colour)})


def _problem(role: str, colour: str) -> Message | None:
    needed = GRAPHIC_CONTRAST if role == "data" else TEXT_CONTRAST
    grounds = (WHITE,) if role == "accent" else TINTS
    code = min(grounds, key=lambda ground: contrast(colour, ground))
    ratio = contrast(colour, code)
    if ratio < needed:
        ground, shown = TINTS[code], _shown(ratio)
        return Message(
            "brand_file.contrast",
            {"colour": colour, "ground": ground, "code": code, "ratio": shown, "needed": needed},
        )
    if role != "data":
        return None
    if math.dist(_oklab(_linear(colour))[1:], _oklab(_linear(RED))[1:]) < HUES_APART:
        return Message("brand_file.like_red", {"colour": colour, "red": RED})
    if distance(colour, GREY) < APART:
        return Message("brand_file.like_grey", {"colour": colour, "grey": GREY})
    return None


def _shown(value: float) -> Message:
    """A contrast to two digits, never rounded up: 4.499 is not 4.5."""
    whole, hundredths = divmod(math.floor(value * 100), 100)
    return Message("brand_file.ratio", {"whole": str(whole), "hundredths": f"{hundredths:02}"})


def nearest(role: str, colour: str) -> str:
    """The colour most like this one that passes in the role: of its own hue where there is one."""
    candidates = _candidates(colour, (0.0,))
    turns = tuple(step * 2 * math.pi / _HUE_STEPS for step in range(1, _HUE_STEPS))
    for shades in (candidates, _candidates(colour, turns)):
        passing = [shade for shade in shades if _problem(role, shade) is None]
        if passing:
            return min(passing, key=lambda shade: distance(shade, colour))
    raise AssertionError("black passes everywhere")


def _candidates(colour: str, turns: tuple[float, ...]) -> Iterator[str]:
    """Shades of a colour's hue, turned, from black to white and from full to none of its chroma."""
    _, a, b = _oklab(_linear(colour))
    chroma, hue = math.hypot(a, b), math.atan2(b, a)
    for turn in turns:
        for part in _CHROMAS:
            x, y = chroma * part * math.cos(hue + turn), chroma * part * math.sin(hue + turn)
            for step in range(_LIGHTNESS_STEPS):
                shade = _from_oklab(step / _LIGHTNESS_STEPS, x, y)
                if shade:
                    yield shade


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(colour: str) -> tuple[float, float, float]:
    """The light of the three channels of #rrggbb."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _light(red), _light(green), _light(blue)


def _light(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _oklab(light: tuple[float, float, float]) -> tuple[float, float, float]:
    """Björn Ottosson's OKLab: lightness, green to red, blue to yellow."""
    red, green, blue = light
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _from_oklab(lightness: float, a: float, b: float) -> str | None:
    """The colour as #rrggbb; None where screens have none like it."""
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    channels = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    if not all(-0.001 <= channel <= 1.001 for channel in channels):
        return None
    return "#" + "".join(f"{round(_gamma(min(1.0, max(0.0, channel))) * 255):02x}" for channel in channels)


def _gamma(light: float) -> float:
    return 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
