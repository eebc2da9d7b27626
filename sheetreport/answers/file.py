"""Answers files: YAML or JSON, read without the parts of YAML that can harm."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

from sheetreport.errors import UsageError

MAX_BYTES = 1_000_000
MAX_DEPTH = 12
MAX_PARTS = 100_000


class _Loader(yaml.SafeLoader):
    """YAML 1.2 core scalars only: `no` is a word, 010 and +7 stay text, a date is an ISO string."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - the library's own class attribute

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = True) -> dict[Any, Any]:
        mapping: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "<<"
            if key == "<<":
                raise _problem("a key must be a word", key_node)
            if key in mapping:
                raise _problem(f"the key {key!r} stands twice", key_node)
            mapping[key] = self.construct_object(value_node, deep=deep)
        return mapping


def _problem(problem: str, node: yaml.Node) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(problem=problem, problem_mark=node.start_mark)


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.construct_mapping)
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("int", r"^-?(?:0|[1-9][0-9]{0,17})$", "-0123456789"),
    ("float", r"^-?(?:0|[1-9][0-9]*)?(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$", "-.0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def load(path: Path) -> dict[str, object]:
    """The mapping of an answers file; UsageError names the file and the line of whatever is wrong."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: can't be read ({error.strerror})") from error
    if len(raw) > MAX_BYTES:
        raise UsageError(f"{path}: larger than 1 MB; an answers file has a few kilobytes")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UsageError(f"{path}, line {line}: not UTF-8 text") from error
    content = _read_json(text, path) if path.suffix.lower() == ".json" else _read_yaml(text, path)
    if not isinstance(content, dict):
        raise UsageError(f"{path}, line 1: the file must hold keys with values, such as `profile:`")
    return content


def _read_yaml(text: str, path: Path) -> object:
    try:
        _refuse_what_harms(text, path)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader with fewer types
    except yaml.MarkedYAMLError as error:
        line = _line(error.problem_mark)
        hint = '; write ? and - in quotes: "?", "-"' if _bare_sign(text, line) else ""
        raise UsageError(f"{path}, line {line}: {error.problem}{hint}") from error
    except yaml.YAMLError as error:
        raise UsageError(f"{path}, line 1: {error}") from error


def _line(mark: Any) -> int:
    return int(mark.line) + 1 if mark else 1


def _bare_sign(text: str, line: int) -> bool:
    """Whether the line holds an unquoted ? or - as a value, which YAML takes for its own signs."""
    lines = text.splitlines()
    return 0 < line <= len(lines) and re.search(r":\s+[?-]\s*(?:#.*)?$", lines[line - 1]) is not None


def _refuse_what_harms(text: str, path: Path) -> None:
    """Reads events only: a bomb of aliases or brackets is refused before anything is built of it."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=_Loader)):
        line = _line(event.start_mark)
        if number > MAX_PARTS:
            raise UsageError(f"{path}, line {line}: more than {MAX_PARTS} keys and values")
        if getattr(event, "tag", None):
            raise UsageError(f"{path}, line {line}: tags (!) are not accepted")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise UsageError(f"{path}, line {line}: anchors and aliases (& and *) are not accepted")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise UsageError(f"{path}, line {line}: nested deeper than {MAX_DEPTH} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _read_json(text: str, path: Path) -> object:
    try:
        content: object = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}, line {error.lineno}: {error.msg}") from error
    except (RecursionError, ValueError) as error:
        raise UsageError(f"{path}, line 1: {error}") from error
    # JSON forgets repeated keys silently; read as YAML it tells them, and their line.
    _read_yaml(text.replace("\t", " "), path)
    return content


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number")
