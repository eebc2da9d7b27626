"""Safe YAML that remembers where everything stands: every mapping knows its file and lines."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NoReturn

import yaml

from sheetreport.errors import CatalogError

MAX_BYTES = 1_000_000
MAX_DEPTH = 30
MAX_PARTS = 100_000
_SLASHES = "put a path between single quotes, or write / instead of \\"
_MENDS = {
    "cannot start any token": "indent with spaces, not with tabs; quote a text that begins with a sign",
    "mapping values are not allowed": "put a text that holds a colon in quotes",
    "expected <block end>": "check that the lines of an entry begin in the same column",
    "while scanning a quoted scalar": "close the quotation mark",
    "unexpected end of stream": "close the quotation mark",
    "expected ',' or": "close the bracket, or put a comma between the parts",
    "did not find expected node content": "close the bracket, and quote what begins with #: '#1f4e79'",
    "unknown escape character": _SLASHES,
    "expected hexdecimal number": _SLASHES,
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

    def fail(self, message: str, key: str | None = None) -> NoReturn:
        """Refuse this mapping (or one key of it) with file and line."""
        raise CatalogError(f"{self.places.get(key or '', self.place)}: {message}")

    def only(self, *keys: str) -> None:
        """Refuse keys that are not in the list, with the nearest right one, else all of them."""
        for key in self:
            if key not in keys:
                hint = did_you_mean(key, keys) or f": it knows {', '.join(keys)}"
                self.fail(f"unknown key {key!r}{hint}", key)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a message: the nearest known word, or nothing."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f": did you mean {near[0]!r}?" if near else ""


def load_yaml(source: Path | Traversable, name: str | None = None) -> Any:
    """Read one YAML file of ours, known to be harmless. Raises CatalogError with file and line."""
    return _parsed(source.read_bytes(), name or source.name, trusted=True)


def parse_yaml(data: bytes, name: str) -> Any:
    """Parse a consultant's YAML into Located mappings, lists and plain scalars; anchors, deep nesting and
    duplicate keys are refused.

    """
    if len(data) > MAX_BYTES:
        raise CatalogError(f"{name}:1: larger than {MAX_BYTES} bytes: keep only what you change")
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
        raise CatalogError(f"{name}:{line}: not YAML: {problem}{_mend(problem)}") from error
    return None if root is None else _build(root, name, loader(""))


def _text(data: bytes, name: str) -> str:
    """The file's text; every editor can save UTF-8, and anything else would read as wrong letters."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise CatalogError(f"{name}:{line}: not UTF-8: save the file with the encoding UTF-8") from error
    unprintable = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if unprintable:
        line = text.count("\n", 0, unprintable.start()) + 1
        raise CatalogError(f"{name}:{line}: the character {unprintable[0]!r} can't stand in YAML: delete it")
    return text


def _mend(problem: str) -> str:
    """How the commonest slips are mended."""
    return next((f"; {advice}" for sign, advice in _MENDS.items() if sign in problem), "")


def _refuse_harmful(text: str, loader: Any, name: str) -> None:
    """Refuse anchors and deep nesting before anything is composed: a few bytes of them fill the memory."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=loader)):
        if number > MAX_PARTS:
            raise CatalogError(f"{name}:{_line(event.start_mark)}: more than {MAX_PARTS} keys and values")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            place = f"{name}:{_line(event.start_mark)}"
            raise CatalogError(f"{place}: nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            place = f"{name}:{_line(event.start_mark)}"
            raise CatalogError(
                f"{place}: anchors and aliases are not allowed: write the text out, or quote it"
            )


def _build(node: yaml.Node, name: str, constructor: Any) -> Any:
    if node.tag == _TEXT and isinstance(node, yaml.ScalarNode):
        return node.value
    line = _line(node.start_mark)
    if node.tag not in _PLAIN_TAGS:
        raise CatalogError(f"{name}:{line}: tags are not allowed: {node.tag}")
    if isinstance(node, yaml.MappingNode):
        mapping = Located(f"{name}:{line}")
        for key_node, value_node in node.value:
            key = str(key_node.value)
            mapping.places[key] = f"{name}:{_line(key_node.start_mark)}"
            if key in mapping:
                mapping.fail(f"key {key!r} stands twice", key)
            mapping[key] = _build(value_node, name, constructor)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, name, constructor) for item in node.value]
    try:
        value = constructor.construct_object(node)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise CatalogError(f"{name}:{line}: can't read {node.value!r}") from error
    if isinstance(value, float) and not math.isfinite(value):
        raise CatalogError(f"{name}:{line}: {node.value!r} is no number to work with")
    return value


def _line(mark: Any) -> int:
    """The line as editors count it; PyYAML counts from 0."""
    return int(mark.line) + 1
