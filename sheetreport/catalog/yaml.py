"""Safe YAML that remembers where everything stands: every mapping knows its file and lines."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NoReturn

import yaml

from sheetreport.errors import CatalogError

MAX_BYTES = 1_000_000
MAX_DEPTH = 30
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp")
)


class Located(dict[str, Any]):
    """A mapping with its file and line, and the line of each key."""

    def __init__(self, file: str, line: int) -> None:
        super().__init__()
        self.file = file
        self.line = line
        self.lines: dict[str, int] = {}

    def fail(self, message: str, key: str | None = None) -> NoReturn:
        """Refuse this mapping (or one key of it) with file and line."""
        raise CatalogError(f"{self.file}:{self.lines.get(key or '', self.line)}: {message}")

    def only(self, *keys: str) -> None:
        """Refuse keys that are not in the list, with the nearest right one."""
        for key in self:
            if key not in keys:
                self.fail(f"unknown key {key!r}{did_you_mean(key, keys)}", key)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a message: the nearest known word, or nothing."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f": did you mean {near[0]!r}?" if near else ""


def load_yaml(source: Path | Traversable, name: str | None = None) -> Any:
    """Read one YAML file of ours or of a consultant's. Raises CatalogError with file and line."""
    return parse_yaml(source.read_bytes(), name or source.name)


def parse_yaml(data: bytes, name: str) -> Any:
    """Parse YAML bytes into Located mappings, lists and plain scalars; anchors and duplicate keys are
    refused.

    """
    if len(data) > MAX_BYTES:
        raise CatalogError(f"{name}: larger than {MAX_BYTES} bytes")
    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    try:
        root = yaml.compose(_without_aliases(data, loader, name), Loader=loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{_line(mark)}" if mark else ""
        raise CatalogError(f"{name}{line}: not YAML: {getattr(error, 'problem', None) or error}") from error
    return None if root is None else _build(root, name, loader(b""), 0)


def _without_aliases(data: bytes, loader: Any, name: str) -> bytes:
    """Refuse anchors and aliases before anything is composed: a few bytes of them can fill the memory."""
    for event in yaml.parse(data, Loader=loader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise CatalogError(f"{name}:{_line(event.start_mark)}: anchors and aliases are not allowed")
    return data


def _build(node: yaml.Node, name: str, constructor: Any, depth: int) -> Any:
    line = _line(node.start_mark)
    if depth > MAX_DEPTH:
        raise CatalogError(f"{name}:{line}: nested deeper than {MAX_DEPTH} levels")
    if node.tag not in _PLAIN_TAGS:
        raise CatalogError(f"{name}:{line}: tags are not allowed: {node.tag}")
    if isinstance(node, yaml.MappingNode):
        mapping = Located(name, line)
        for key_node, value_node in node.value:
            key = str(key_node.value)
            mapping.lines[key] = _line(key_node.start_mark)
            if key in mapping:
                mapping.fail(f"key {key!r} stands twice", key)
            mapping[key] = _build(value_node, name, constructor, depth + 1)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, name, constructor, depth + 1) for item in node.value]
    try:
        return constructor.construct_object(node)
    except (yaml.YAMLError, ValueError) as error:
        raise CatalogError(f"{name}:{line}: can't read {node.value!r}") from error


def _line(mark: Any) -> int:
    """The line as editors count it; PyYAML counts from 0."""
    return int(mark.line) + 1
