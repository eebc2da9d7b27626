"""Safe YAML that remembers where everything stands: every mapping knows its file and lines."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NoReturn

import yaml

from sheetreport.errors import CatalogError, Message

MAX_BYTES = 1_000_000
MAX_DEPTH = 30
MAX_PARTS = 100_000
_MENDS = {  # what libyaml, or PyYAML where it is missing, says of the commonest slips; how each is mended
    "cannot start any token": Message("catalog_file.mend_tabs", {}),
    "tab character": Message("catalog_file.mend_tabs", {}),
    "mapping values are not allowed": Message("catalog_file.mend_colon", {}),
    "expected <block end>": Message("catalog_file.mend_column", {}),
    "did not find expected key": Message("catalog_file.mend_indent", {}),
    "did not find expected '-' indicator": Message("catalog_file.mend_indent", {}),
    "sequence entries are not allowed": Message("catalog_file.mend_hyphen", {}),
    "could not find expected ':'": Message("catalog_file.mend_no_colon", {}),
    "unexpected end of stream": Message("catalog_file.mend_quotation", {}),
    "expected ',' or": Message("catalog_file.mend_bracket", {}),
    "did not find expected node content": Message("catalog_file.mend_hash", {}),
    "unknown escape character": Message("catalog_file.mend_slashes", {}),
    "expected hexdecimal number": Message("catalog_file.mend_slashes", {}),
}
_TEXT = "tag:yaml.org,2002:str"
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp")
)


class Located(dict[str, Any]):
    """A mapping with its place, `file:line`, and that of each key."""

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place
        self.places: dict[str, str] = {}

    def fail(self, problem: str | Message, key: str | None = None, /, **params: object) -> NoReturn:
        """Refuse this mapping (or one key of it) with file and line."""
        raise CatalogError.at(self.places.get(key or "", self.place), problem, **params)

    def only(self, *keys: str) -> None:
        """Refuse keys that are not in the list, with the nearest right one, else all of them."""
        for key in self:
            if key not in keys:
                self.fail("catalog_file.unknown_key", key, key=key, hint=nearest_or_all(key, keys))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that a word with a slip may stand for."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)), None)


def did_you_mean(word: str, known: Iterable[str]) -> Message | str:
    """The end of a message: the nearest known word, or nothing."""
    near = nearest(word, known)
    return Message("errors.did_you_mean", {"near": near}) if near else ""


def nearest_or_all(word: str, known: Iterable[str]) -> Message | str:
    """The end of a message: the nearest known word, else all of them."""
    words = list(known)
    return did_you_mean(word, words) or Message("errors.it_knows", {"known": ", ".join(words)})


def shown(value: object) -> str:
    """A value as it stands in YAML."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def load_yaml(source: Path | Traversable, name: str | None = None) -> Any:
    """Read one YAML file of ours, known to be harmless. Raises CatalogError with file and line."""
    return _parsed(source.read_bytes(), name or source.name, trusted=True)


def parse_yaml(data: bytes, name: str) -> Any:
    """Parse a consultant's YAML into Located mappings, lists and plain scalars; anchors, deep nesting and
    duplicate keys are refused.

    """
    if len(data) > MAX_BYTES:
        raise CatalogError.at(f"{name}:1", "catalog_file.too_large", most=MAX_BYTES)
    return _parsed(data, name)


def _parsed(data: bytes, name: str, *, trusted: bool = False) -> Any:
    text = _text(data, name)
    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    try:
        if not trusted:
            _refuse_harmful(text, loader, name)
        root = yaml.compose(text, Loader=loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", None) or error)
        line = _line(mark) if mark else 1
        raise CatalogError.at(f"{name}:{line}", _not_yaml(problem)) from error
    return None if root is None else _build(root, name, loader(""))


def _text(data: bytes, name: str) -> str:
    """The file's text; every editor can save UTF-8, and anything else would read as wrong letters."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise CatalogError.at(f"{name}:{line}", "files.not_utf8") from error
    unprintable = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if unprintable:
        line = text.count("\n", 0, unprintable.start()) + 1
        sign = f"U+{ord(unprintable[0]):04X}"
        raise CatalogError.at(f"{name}:{line}", "files.bad_sign", sign=sign)
    return text


def _not_yaml(problem: str) -> Message:
    """What the parser says, with the mend of the commonest slips."""
    mend = next((mend for sign, mend in _MENDS.items() if sign in problem), None)
    if mend is None:
        return Message("catalog_file.not_yaml", {"problem": problem})
    return Message("catalog_file.not_yaml_mend", {"problem": problem, "mend": mend})


def _refuse_harmful(text: str, loader: Any, name: str) -> None:
    """Refuse anchors and deep nesting before anything is composed: a few bytes of them fill the memory."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=loader)):
        if number > MAX_PARTS:
            raise CatalogError.at(_place(event, name), "files.too_many", most=MAX_PARTS)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise CatalogError.at(_place(event, name), "files.too_deep", most=MAX_DEPTH)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise CatalogError.at(_place(event, name), "catalog_file.anchors")


def _build(node: yaml.Node, name: str, constructor: Any) -> Any:
    if node.tag == _TEXT and isinstance(node, yaml.ScalarNode):
        return node.value
    place = _place(node, name)
    if node.tag not in _PLAIN_TAGS:
        raise CatalogError.at(place, "catalog_file.tags", tag=node.tag)
    if isinstance(node, yaml.MappingNode):
        mapping = Located(place)
        for key_node, value_node in node.value:
            key = str(key_node.value)
            mapping.places[key] = _place(key_node, name)
            if key in mapping:
                mapping.fail("catalog_file.key_twice", key, key=key)
            mapping[key] = _build(value_node, name, constructor)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, name, constructor) for item in node.value]
    try:
        value = constructor.construct_object(node)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise CatalogError.at(place, "catalog_file.unreadable", value=node.value) from error
    if isinstance(value, float) and not math.isfinite(value):
        raise CatalogError.at(place, "catalog_file.not_finite", value=node.value)
    return value


def _place(part: yaml.Node | yaml.Event, name: str) -> str:
    """Where a part of the file begins, `file:line`."""
    return f"{name}:{_line(part.start_mark)}"


def _line(mark: Any) -> int:
    """The line as editors count it; PyYAML counts from 0."""
    return int(mark.line) + 1
