"""Which file proves an id: the cases of a metric or a rule, the test that sees a validation fire."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from sheetreport.catalog.load import load_catalog

_CODE = re.compile(r"\b[SV]-[0-9]{2}\b")
HERE = Path(__file__).parent
ROOT = HERE.parent


@cache
def proofs() -> Mapping[str, str]:
    """The path in the repository by id. Quantities are proved where the metrics that rest on them are."""
    found = {file.stem: _path(file) for name in ("metrics", "rules") for file in (HERE / name).glob("*.yaml")}
    for code in {code for code, _ in load_catalog().findings}:
        files = [_path(file) for file in _test_files() if code in _codes(file)]
        if files:
            found[code] = files[0]
    return found


def _path(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def _test_files() -> list[Path]:
    """Tests of the stages that find something, the checks first."""
    return [*sorted(HERE.glob("test_check*.py")), *sorted(HERE.glob("test_[!c]*.py"))]


@cache
def _codes(file: Path) -> frozenset[str]:
    """The texts in the test functions of a file, in their parameters, and in the tables that these name."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    tables = {
        target.id: node
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else (node.target,))
        if isinstance(target, ast.Name)
    }
    tests = [
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    named = {
        name.id
        for test in tests
        for name in ast.walk(test)
        if isinstance(name, ast.Name) and name.id in tables
    }
    nodes = (*tests, *map(tables.__getitem__, named))
    return frozenset(code for node in nodes for text in _strings(node) for code in _CODE.findall(text))


def _strings(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value
