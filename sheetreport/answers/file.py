"""Answers files: YAML or JSON, read without the parts of YAML that can harm."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from sheetreport.errors import Message, UsageError, reason_of

MAX_BYTES = 1_000_000
MAX_DEPTH = 12
MAX_PARTS = 100_000

# What the commonest slips are in the words of the parsers of YAML and JSON, and in ours.
_SLIPS = (
    (r"'\t' that cannot start any token", "answers_file.tab"),
    ("cannot start any token", "answers_file.first_sign"),
    ("mapping values are not allowed", "answers_file.colon"),
    ("expected <block end>, but found '<scalar>'", "answers_file.after_quote"),
    ("expected <block end>, but found ','", "answers_file.after_quote"),
    ("but found ']'", "answers_file.after_end"),
    ("but found '}'", "answers_file.after_end"),
    ("expected <block end>", "answers_file.indent"),
    ("unexpected end of stream", "answers_file.open_quote"),
    ("expected ',' or", "answers_file.open_bracket"),
    ("could not find expected ':'", "answers_file.no_colon"),
    ("expected alphabetic or numeric character", "answers_file.no_anchors"),
    ("Expecting ',' delimiter", "answers_file.no_comma"),
    ("Expecting ':' delimiter", "answers_file.no_colon"),
    ("Expecting property name", "answers_file.no_quoted_key"),
    ("Expecting value", "answers_file.no_value"),
    ("Unterminated string", "answers_file.open_quote"),
    ("Invalid control character", "answers_file.control"),
    ("Extra data", "answers_file.after_end"),
)


class _WrongKeyError(yaml.MarkedYAMLError):
    """What is wrong with a key."""

    def __init__(self, message: Message, node: yaml.Node) -> None:
        super().__init__(problem=message.key, problem_mark=node.start_mark)
        self.message = message


class _Loader(yaml.SafeLoader):
    """YAML 1.2 core scalars only: `no` is a word, 010 and +7 stay text, a date is an ISO string."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - the library's own class attribute

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = True) -> dict[Any, Any]:
        mapping: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "<<"
            if key == "<<":
                raise _WrongKeyError(Message("answers_file.no_word", {}), key_node)
            if key in mapping:
                raise _WrongKeyError(Message("catalog_file.key_twice", {"key": key}), key_node)
            mapping[key] = self.construct_object(value_node, deep=deep)
        return mapping


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
        raise UsageError("files.cant_read", path=path, why=reason_of(error)) from error
    if len(raw) > MAX_BYTES:
        raise UsageError("answers_file.too_large", path=path, most=MAX_BYTES // 1_000_000)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _at(path, line, Message("files.not_utf8", {})) from error
    content = _read_json(text, path) if path.suffix.lower() == ".json" else _read_yaml(text, path)
    if not isinstance(content, dict):
        raise _at(path, 1, Message("answers_file.no_keys", {}))
    return content


def _at(path: Path, line: int, problem: Message) -> UsageError:
    """What is wrong in a line of the file."""
    return UsageError("answers_file.at", path=path, line=str(line), problem=problem)


def _read_yaml(text: str, path: Path) -> object:
    try:
        _refuse_what_harms(text, path)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader with fewer types
    except _WrongKeyError as error:
        raise _at(path, _line(error.problem_mark), error.message) from error
    except yaml.MarkedYAMLError as error:
        raise _at(path, _line(error.problem_mark), _slip_in_yaml(error, text)) from error
    except yaml.reader.ReaderError as error:
        line, sign = text.count("\n", 0, error.position) + 1, f"U+{error.character:04X}"
        raise _at(path, line, Message("files.bad_sign", {"sign": sign})) from error


def _slip_in_yaml(error: yaml.MarkedYAMLError, text: str) -> Message:
    if _bare_sign(text, _line(error.problem_mark)):
        return Message("answers_file.bare_sign", {})
    return _slip(str(error.problem), _line(error.context_mark))


def _slip(problem: str, opened: int) -> Message:
    """What a parser stumbled over in what it began to read in the line `opened`."""
    for sign, text in _SLIPS:
        if sign in problem:
            return Message(text, {"opened": str(opened)})
    return Message("answers_file.unclear", {"problem": problem})


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
            raise _at(path, line, Message("files.too_many", {"most": MAX_PARTS}))
        if getattr(event, "tag", None):
            raise _at(path, line, Message("answers_file.no_tags", {}))
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _at(path, line, Message("answers_file.no_anchors", {}))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _at(path, line, Message("files.too_deep", {"most": MAX_DEPTH}))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _read_json(text: str, path: Path) -> object:
    try:
        content: object = json.loads(text, parse_constant=partial(_refuse_constant, path))
    except json.JSONDecodeError as error:
        raise _at(path, error.lineno, _slip(error.msg, error.lineno)) from error
    except RecursionError as error:
        raise _at(path, 1, Message("files.too_deep", {"most": MAX_DEPTH})) from error
    except ValueError as error:  # Python stops at numbers of thousands of digits
        raise _at(path, 1, Message("answers_file.long_number", {})) from error
    # JSON forgets repeated keys silently; read as YAML it tells them, and their line.
    _read_yaml(text.replace("\t", " "), path)
    return content


def _refuse_constant(path: Path, name: str) -> object:
    raise _at(path, 1, Message("answers_file.no_number", {"name": name}))
