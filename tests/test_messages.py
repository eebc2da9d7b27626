"""Every refusal has its words in both languages, with the same things filled in, and none wait in vain."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sheetreport.i18n import placeholders, texts

CODE = Path(__file__).parent.parent / "sheetreport"
ERRORS = {
    "UsageError", "CatalogError", "MissingLibraryError", "EngineError", "DiskError", "LogoError",
    "FormulaError",
}  # fmt: skip
FILES = {
    "answers_file", "catalog_file", "catalog_rules", "clients_file", "cluster", "commentary", "errors",
    "files", "formula", "help", "history_file", "usage",
}  # fmt: skip


def raised(tree: ast.Module) -> Iterator[tuple[ast.expr, set[str] | None, int]]:
    """What messages are made of: the id as it stands, the names of what fills it, the line."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        match call:
            case ast.Call(func=ast.Name(id="Message"), args=[id_, ast.Dict(keys=keys)]):
                yield id_, {str(key.value) for key in keys if isinstance(key, ast.Constant)}, call.lineno
            case ast.Call(func=ast.Name(id=name), args=[id_, *_]) if name in ERRORS:
                yield id_, _names(call), call.lineno
            case ast.Call(func=ast.Attribute(attr="at"), args=[_, id_]):
                yield id_, _names(call), call.lineno
            case ast.Call(func=ast.Attribute(attr="fail"), args=[id_, *_]):
                yield id_, _names(call), call.lineno
            case _:
                pass


def _names(call: ast.Call) -> set[str] | None:
    """The names a call fills in; None where they are known only when it runs."""
    names = {keyword.arg for keyword in call.keywords}
    return None if None in names else {name for name in names if name is not None}


def ids(node: ast.expr) -> Iterator[ast.expr]:
    """The ids among which a call chooses."""
    if isinstance(node, ast.IfExp):
        yield from ids(node.body)
        yield from ids(node.orelse)
    else:
        yield node


MODULES = sorted(CODE.rglob("*.py"))


@pytest.mark.parametrize("file", MODULES, ids=[str(file.relative_to(CODE)) for file in MODULES])
def test_every_refusal_is_worded_in_both_languages(file: Path) -> None:
    for chosen, names, line in raised(ast.parse(file.read_text())):
        for node in ids(chosen):
            assert not isinstance(node, ast.JoinedStr), f"line {line}: words instead of the id of a text"
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
                continue  # a message made elsewhere, or an id that is computed
            text = texts().get(node.value)
            assert text is not None, f"line {line}: no text {node.value!r}"
            for words in (text.ru, text.en):
                assert names is None or placeholders(words) == names, f"line {line}: {words!r} wants others"


def test_what_is_said_and_what_is_worded_are_the_same() -> None:
    """Ids that go through functions are found as well; those of kinds of values are made up of two parts."""
    named = {
        node.value
        for file in MODULES
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if re.fullmatch(rf"({'|'.join(FILES)})\.\w+", node.value)
    } - {"formula.kind_"}
    worded = {key for key in texts() if key.partition(".")[0] in FILES}
    assert named == {key for key in worded if not key.startswith("formula.kind_")}
