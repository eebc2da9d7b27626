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
from sheetreport.catalog.yaml import Located, nearest_or_all, parse_yaml, shown
from sheetreport.errors import CatalogError, Message, reason_of
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
    "plan": Message("brand_file.plan_stays", {}),
    "missing": Message("brand_file.missing_stays", {}),
    "answers": Message("brand_file.answers_stay", {}),
    "actions": Message("brand_file.actions_stay", {}),
    "warnings": Message("brand_file.warnings_stay", {}),
    "status": Message("brand_file.status_stays", {}),
}
"""What no report goes without, and why."""

_THE_FILE, _THE_LOGO = Message("brand_file.the_file", {}), Message("brand_file.the_logo", {})

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
    data = _content(path, f"{path}:1", _THE_FILE, 1_000_000)
    top = parse_yaml(data, str(path))
    if not isinstance(top, Located):
        raise CatalogError.at(f"{path}:1", "catalog_file.nothing", key="name")
    top.only("name", "logo", "colours", "contacts", "closing", "hide")
    picture = _picture(top, path)
    return Brand(
        name=_words(top, "name", LONGEST_NAME) or top.fail("catalog_file.missing", "name", key="name"),
        sha256=hashlib.sha256(data + (picture or b"")).hexdigest(),
        logo=None if picture is None else _logo(top, picture),
        colours=_colours(mapping(top, "colours")),
        contacts=_contacts(mapping(top, "contacts")),
        closing=_words(top, "closing", LONGEST_CLOSING),
        hide=_hidden(top),
    )


def _content(path: Path, place: str, what: Message, most: int) -> bytes:
    """The bytes of a file, one more than the most it may have where it is larger."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise CatalogError.at(place, "brand_file.not_a_file", what=what, path=path)
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        reason = reason_of(error)
        raise CatalogError.at(place, "brand_file.unreadable", what=what, path=path, reason=reason) from error


def _picture(top: Located, path: Path) -> bytes | None:
    if "logo" not in top:
        return None
    name = top["logo"]
    if not isinstance(name, str) or not name.strip() or "\0" in name:
        top.fail("brand_file.no_file_name", "logo", name="" if name is None else shown(name))
    if not (path.parent / name).exists() and any(char == "\\" or ord(char) < 32 for char in name):
        top.fail("brand_file.backslashes", "logo", name=name)
    return _content(path.parent / name, top.places["logo"], _THE_LOGO, MAX_LOGO)


def _logo(top: Located, picture: bytes) -> Logo:
    try:
        return open_logo(picture)
    except LogoError as error:
        top.fail("brand_file.wrong_logo", "logo", name=top["logo"], problem=error.message)


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
            value.fail("brand_file.no_language", key=key, language=language)
    return Text(*(_line(value, language, longest) for language in LANGUAGES))


def _line(item: Located, key: str, longest: int) -> str:
    """One line of visible text, no longer than its place in the report."""
    value = item[key]
    if value is not None and not isinstance(value, str):  # as a number, a telephone loses plus and zeros
        item.fail("catalog_file.not_text", key, key=key, value=shown(value))
    visible = (char for char in value or "" if char.isspace() or unicodedata.category(char) not in _INVISIBLE)
    line = _SPACES.sub(" ", "".join(visible)).strip()
    if not line:
        item.fail("brand_file.empty", key, key=key)
    if len(line) > longest:
        item.fail("brand_file.too_long", key, key=key, length=len(line), longest=longest)
    return line


def _contacts(item: Located) -> tuple[str, ...]:
    item.only("phone", "email", "site")
    found = {key: _line(item, key, _LONGEST_CONTACT) for key in ("phone", "email", "site") if key in item}
    if not re.fullmatch(r"[\d\s()+.,;/–-]+", found.get("phone", "0")):
        item.fail("brand_file.no_phone", "phone", value=found["phone"])
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", found.get("email", "a@b.c")):
        item.fail("brand_file.no_email", "email", value=found["email"])
    if not re.fullmatch(r"(https?://)?[\w-]+(\.[\w-]+)+(/[^\s<>\"]*)?", found.get("site", "a.b")):
        item.fail("brand_file.no_site", "site", value=found["site"])
    return tuple(found.values())


def _colours(item: Located) -> Colours:
    roles = tuple(Colours.__slots__)
    item.only(*roles)
    for role in roles:
        value = item.get(role)
        if value is None and role in item:
            item.fail("brand_file.no_colour", role, key=role)
        if value is not None and not (isinstance(value, str) and re.fullmatch(r"#[0-9a-fA-F]{6}", value)):
            item.fail("brand_file.not_colour", role, key=role, value=shown(value))
    colours = Colours(**{role: str(item[role]).lower() for role in roles if role in item})
    for role in roles:
        if role in item and (problem := objection(role, getattr(colours, role))):
            item.fail("catalog_file.in_key", role, key=role, problem=problem)
    return colours


def _hidden(top: Located) -> frozenset[str]:
    known = (*HIDEABLE_CHAPTERS, *HIDEABLE_PARTS)
    for name in (found := strings(top, "hide")):
        if name in _KEPT:
            top.fail("brand_file.kept", "hide", name=name, why=_KEPT[name])
        if name not in known:
            top.fail("brand_file.nothing_to_hide", "hide", name=name, hint=nearest_or_all(name, known))
    return frozenset(found)
