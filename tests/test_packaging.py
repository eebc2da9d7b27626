"""The wheel holds everything a report needs, and works where the checkout is out of sight."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from collections import Counter
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path, PurePosixPath

import pytest
from packaging.requirements import Requirement

import sheetreport

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "sheetreport"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REQUIRED = {Requirement(line).name.lower(): Requirement(line) for line in PROJECT["dependencies"]}
TOO_NEW = {"weasyprint": {"<71"}}  # not known to be built as sheetreport/render needs it
EXTRA = PROJECT["optional-dependencies"]["cluster"]
FOR_CLUSTERS = {Requirement(line).name.lower(): Requirement(line) for line in EXTRA}


def package_files() -> set[str]:
    """Every file of the package in the checkout, as the wheel names it; what tools cached is passed over."""
    files = {path.relative_to(ROOT) for path in PACKAGE.rglob("*") if path.is_file()}
    return {
        file.as_posix() for file in files if not any(part.startswith((".", "__pyc")) for part in file.parts)
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of a fresh virtual environment with the wheel; it borrows only the wheel's dependencies."""
    home = tmp_path_factory.mktemp("venv")
    venv.create(home, with_pip=False)
    paths = sysconfig.get_paths(vars={"base": str(home), "platbase": str(home)})
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(home),
        "install",
        "--no-deps",
        "--no-index",
        str(wheel),
    ]
    subprocess.run(command, capture_output=True, check=True)
    # A path in a .pth file is searched, but its own .pth files are not read: an editable checkout stays out.
    borrowed = sysconfig.get_paths()["purelib"]
    (Path(paths["purelib"]) / "dependencies.pth").write_text(borrowed, encoding="utf-8")
    return Path(paths["scripts"])


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command from another folder, with nothing that points back to the checkout."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [str(installed / "sheetreport"), *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name for name in names if name.startswith("sheetreport/")} == package_files()
    assert {PurePosixPath(name).parts[0] for name in names} == {
        "sheetreport",
        f"sheetreport-{sheetreport.__version__}.dist-info",
    }


def test_there_is_something_of_each_kind_to_pack() -> None:
    kinds = Counter(PurePosixPath(name).suffix for name in package_files())
    for kind in (".py", ".yaml", ".html", ".css", ".ttf", ".typed"):
        assert kinds[kind], f"the package holds no {kind} file"
    for part in ("catalog", "locale", "render/html", "render/fonts"):
        assert any(name.startswith(f"sheetreport/{part}/") for name in package_files()), part


def test_the_wheel_carries_the_licences_of_the_code_and_of_the_fonts(wheel: Path) -> None:
    names = [name.partition(".dist-info/licenses/")[2] for name in zipfile.ZipFile(wheel).namelist()]
    assert "LICENSE" in names
    assert "sheetreport/render/fonts/OFL.txt" in names


def test_the_installed_command_runs_from_another_folder(installed: Path, tmp_path: Path) -> None:
    python = str(installed / "python")
    script = "import sheetreport; print(sheetreport.__file__)"
    place = subprocess.run([python, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert not Path(place.stdout.strip()).is_relative_to(ROOT)

    made = run(installed, tmp_path, "template", "--lang", "en", "-o", "blank.xlsx")
    assert made.returncode == 0, made.stderr
    assert zipfile.is_zipfile(tmp_path / "blank.xlsx")

    sample = ROOT / "samples" / "core-only-ru" / "core-only-ru.xlsx"
    reported = run(installed, tmp_path, "report", str(sample), "--out", "out")
    assert reported.returncode == 0, reported.stderr
    outputs = {path.name for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert {f"core-only-ru-report.{kind}" for kind in ("pdf", "xlsx", "json")} <= outputs


def imported(files: Iterable[Path]) -> set[str]:
    """The distributions that these modules import from."""
    names: set[str] = set()
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    distributions = metadata.packages_distributions()
    return {distributions[name][0].lower() for name in names - {"sheetreport"} - set(sys.stdlib_module_names)}


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    files = {*PACKAGE.rglob("*.py")}
    assert imported(files) == {*REQUIRED, *FOR_CLUSTERS}
    assert imported(files - {*(PACKAGE / "cluster").rglob("*.py")}) == set(REQUIRED)


def test_the_lower_bounds_are_the_releases_that_the_checks_run_with() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.lower().split("==") for line in lines if not line.startswith("#"))
    bounds = REQUIRED | FOR_CLUSTERS
    assert {name: {str(part) for part in bound.specifier} for name, bound in bounds.items()} == {
        name: {f">={pins[name]}"} | TOO_NEW.get(name, set()) for name in bounds
    }


def test_nobody_gets_another_weasyprint_than_the_checks_run_with() -> None:
    """Lines, charts, tags and page numbers rest on how it is built, which the next release may change."""
    release = metadata.version("weasyprint").split(".")[0]
    assert TOO_NEW["weasyprint"] == {f"<{int(release) + 1}"}


def test_only_pdf_making_imports_weasyprint() -> None:
    """Its import takes most of a second, and fails where Pango is missing."""
    script = "import sys, sheetreport.cli.report; sys.exit('weasyprint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_the_changelog_tells_of_this_version() -> None:
    versions = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sheetreport.__version__ in versions
