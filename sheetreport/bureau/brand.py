"""A bureau's brand: its name, logo, colours, contacts and closing words, read from one YAML file."""

from __future__ import annotations

import hashlib
import re
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from sheetreport.bureau.logo import MAX_LOGO, Logo, LogoError, open_logo
from sheetreport.bureau.palette import AS_BUILT, Colours, objection
from sheetreport.catalog.definitions import Text
from sheetreport.catalog.entries import mapping, strings
from sheetreport.catalog.yaml import Located, did_you_mean, parse_yaml
from sheetreport.errors import CatalogError
from sheetreport.model import LANGUAGES

LONGEST_NAME, LONGEST_CLOSING = 80, 400
_LONGEST_CONTACT = 80

HIDEABLE_CHAPTERS = (
    "clients",
    "business",
    "channels",
    "loyalty",
    "satisfaction",
    "social",
    "trends",
    "goals",
    "method",
)
HIDEABLE_PARTS = ("health", "changes")
"""Parts of page 1."""

_KEPT = {
    "plan": "the plan is what the report is for",
    "missing": "an owner must see what could not be computed",
    "answers": "the three answers are what page 1 is for",
    "actions": "the first actions, warnings of what is forbidden among them, stay on page 1",
    "warnings": "warnings of what a law or the rules of platforms forbid stay in every report",
    "status": "an owner must see that a report is partial",
}

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Brand:
    """What a bureau puts on the reports it hands over. `sha256` covers the YAML and the logo."""

    name: Text
    sha256: str
    logo: Logo | None = None
    colours: Colours = AS_BUILT
    contacts: tuple[str, ...] = ()
    closing: Text | None = None
    hide: frozenset[str] = frozenset()


def load_brand(path: Path) -> Brand:
    """Read a brand file and its logo. Raises CatalogError at the first mistake, with file and line."""
    data = _content(path, f"{path}:1", "brand file", 1_000_000)
    top = parse_yaml(data, str(path))
    if not isinstance(top, Located):
        raise CatalogError(f"{path}:1: nothing to read: the file begins with `name:`")
    top.only("name", "logo", "colours", "contacts", "closing", "hide")
    picture = _picture(top, path)
    return Brand(
        name=_words(top, "name", LONGEST_NAME) or top.fail("name is missing: add name: ...", "name"),
        sha256=hashlib.sha256(data + (picture or b"")).hexdigest(),
        logo=None if picture is None else _logo(top, picture),
        colours=_colours(mapping(top, "colours")),
        contacts=_contacts(mapping(top, "contacts")),
        closing=_words(top, "closing", LONGEST_CLOSING),
        hide=_hidden(top),
    )


def _content(path: Path, place: str, what: str, most: int) -> bytes:
    """The bytes of a file, one more than the most it may have where it is larger."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise CatalogError(f"{place}: the {what} {path} is not a file")
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise CatalogError(f"{place}: can't read the {what} {path}: {error.strerror or error}") from error


def _picture(top: Located, path: Path) -> bytes | None:
    if "logo" not in top:
        return None
    name = top["logo"]
    if not isinstance(name, str) or not name.strip() or "\0" in name:
        top.fail(f"logo: {name!r} is not the name of a file", "logo")
    if not (path.parent / name).exists() and any(char == "\\" or ord(char) < 32 for char in name):
        top.fail(f"logo: {name!r}: no such file: write / between folders, not \\", "logo")
    return _content(path.parent / name, top.places["logo"], "logo", MAX_LOGO)


def _logo(top: Located, picture: bytes) -> Logo:
    try:
        return open_logo(picture)
    except LogoError as error:
        top.fail(f"logo: {top['logo']}: {error}", "logo")


def _words(top: Located, key: str, longest: int) -> Text | None:
    """A text in both languages, or one for both."""
    value = top.get(key)
    if value is None:
        return None
    if not isinstance(value, Located):
        words = _line(top, key, longest)
        return Text(words, words)
    value.only(*LANGUAGES)
    for language in LANGUAGES:
        if language not in value:
            value.fail(f"{key}: {language} is missing: write both languages, or one text for both")
    return Text(*(_line(value, language, longest) for language in LANGUAGES))


def _line(item: Located, key: str, longest: int) -> str:
    """One line of visible text, no longer than its place in the report."""
    value = item[key]
    if not isinstance(value, str):  # as a number, a telephone would lose its plus and its leading zeros
        item.fail(f"{key}: {value!r} is not a text: put it in quotes", key)
    visible = (char for char in value if char.isspace() or unicodedata.category(char) not in _INVISIBLE)
    shown = _SPACES.sub(" ", "".join(visible)).strip()
    if not shown:
        item.fail(f"{key}: an empty text: write it, or leave the line out", key)
    if len(shown) > longest:
        item.fail(f"{key}: {len(shown)} characters, and {longest} fit: shorten it", key)
    return shown


def _contacts(item: Located) -> tuple[str, ...]:
    item.only("phone", "email", "site")
    found = {key: _line(item, key, _LONGEST_CONTACT) for key in ("phone", "email", "site") if key in item}
    if not re.fullmatch(r"[\d\s()+.,;/–-]+", found.get("phone", "0")):
        item.fail(f"phone: {found['phone']!r} is no telephone number: +7 495 000-00-00", "phone")
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", found.get("email", "a@b.c")):
        item.fail(f"email: {found['email']!r} is no address: name@example.com", "email")
    if not re.fullmatch(r"(https?://)?[\w-]+(\.[\w-]+)+(/[^\s<>\"]*)?", found.get("site", "a.b")):
        item.fail(f"site: {found['site']!r} is no address of a site: example.com", "site")
    return tuple(found.values())


def _colours(item: Located) -> Colours:
    roles = tuple(Colours.__slots__)
    item.only(*roles)
    for role in roles:
        value = item.get(role)
        if value is None and role in item:
            item.fail(f"{role}: empty: put the colour in quotes, '#1f4e79', since # begins a comment", role)
        if value is not None and not (isinstance(value, str) and re.fullmatch(r"#[0-9a-fA-F]{6}", value)):
            item.fail(f"{role}: {value!r} is not a colour: write six hexadecimal digits: '#1f4e79'", role)
    colours = Colours(**{role: str(item[role]).lower() for role in roles if role in item})
    for role in roles:
        if role in item and (problem := objection(role, getattr(colours, role))):
            item.fail(f"{role}: {problem}", role)
    return colours


def _hidden(top: Located) -> frozenset[str]:
    known = (*HIDEABLE_CHAPTERS, *HIDEABLE_PARTS)
    for name in (found := strings(top, "hide")):
        if name in _KEPT:
            top.fail(f"hide: {name} can't be hidden: {_KEPT[name]}", "hide")
        if name not in known:
            hint = did_you_mean(name, known) or f": it knows {', '.join(known)}"
            top.fail(f"hide: nothing is called {name!r}{hint}", "hide")
    return frozenset(found)
