"""How wide the letters of the report's font are, for knowing before the layout where lines will break."""

from __future__ import annotations

import re

PAGE_WIDTH = 481.9
"""Of what is printed on a page, in points."""

# Thousandths of the font's size, rounded to ten; digits are tabular.
_WIDTHS = {
    220: "'", 250: " \N{NO-BREAK SPACE}", 260: "`", 270: "ij", 300: "!,.:;‘’·", 310: "I", 320: "l", 340: "|",
    360: "f", 380: "()-[]{}", 390: '"r°', 400: "t", 450: "*", 460: "г", 480: "/\\", 490: "т„“”", 500: "_",
    510: "?z", 520: "зь", 530: "s–", 540: "cсэ", 550: "+<=>^x~х«»−×", 560: "JakvyГавуч", 570: "Lя",
    580: "eеклё", 600: "FZouбдопъ", 610: "EЕийнЁ₴", 620: "0123456789TbdghnpqТрц₸", 630: "£¥", 640: "$SYЗ₽",
    660: "PXБРХЬ", 670: "&ABVАВУЧ€", 680: "#CRСЭЯ", 690: "K", 700: "DGК", 720: "Лм", 730: "UДы—",
    740: "OQОЪф", 750: "П", 760: "HNИЙНЦ", 780: "ю", 800: "ж", 810: "wш", 840: "%щ", 860: "MМФ", 880: "m",
    890: "Ы", 940: "…", 950: "Ю", 960: "WЖ", 970: "Ш", 1000: "Щ", 1020: "@", 1100: "№",
}  # fmt: skip
ADVANCES = {char: width / 1000 for width, chars in _WIDTHS.items() for char in chars}
_OTHER = 0.7
BOLD = 1.02  # how much wider weight 600 is
_CLAUSE = re.compile(r"[,;:](?= )| (?=[(])")
_BREAKS = re.compile(r"[^ ]*?[-–—](?=\w)|[^ ]+| +")


def advance(text: str, size: float) -> float:
    """The width of a text on one line, in points."""
    return size * sum(ADVANCES.get(char, _OTHER) for char in text)


def line_count(text: str, size: float, width: float) -> int:
    """How many lines a text takes in a box when its lines break at spaces and after hyphens."""
    count, used = (1, 0.0) if text else (0, 0.0)
    for part in _BREAKS.findall(text):
        taken = advance(part, size)
        if used and not part.isspace() and used + taken > width:
            count, used = count + 1, 0.0
        while taken > width:  # a word longer than the line goes on below
            count, taken = count + 1, taken - width
        used += taken
    return count


def fitting(text: str, size: float, width: float, most: int = 1) -> str:
    """A text cut between words with an ellipsis so that it takes no more lines than `most`."""
    if line_count(text, size, width) <= most:
        return text
    words = text.split(" ")
    while len(words) > 1 and line_count(" ".join(words) + "…", size, width) > most:
        words.pop()
    kept = " ".join(words)
    while len(kept) > 1 and line_count(kept + "…", size, width) > most:
        kept = kept[:-1]
    return kept.rstrip(" ,;:—–-(") + "…"


def whole_clauses(text: str, size: float, width: float, most: int) -> str:
    """As much of a text as fits, ended where a clause ends; nothing of one that has no such end."""
    if line_count(text, size, width) <= most:
        return text
    ends = [found.start() for found in _CLAUSE.finditer(text)]
    heads = (text[:end] for end in reversed(ends))
    return next((head for head in heads if line_count(head, size, width) <= most), "")
