"""A consultant's own YAML laid over the built-in catalogue, entry by entry, before anything is loaded.

An entry with a known id changes only the keys it states: mappings are merged, lists replaced whole. An entry
with a new id must be complete. What may be changed in a built-in entry is listed in `_KINDS`: a metric keeps
its formula and a question its type, since templates, texts and rules rest on them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from sheetreport.catalog.definitions import Catalog
from sheetreport.catalog.entries import forms_of, mapping, mappings, required, text_of, word
from sheetreport.catalog.yaml import Located, did_you_mean, nearest, nearest_or_all, parse_yaml
from sheetreport.errors import CatalogError, Message, UsageError, reason_of
from sheetreport.i18n import PLACEHOLDER, Wording
from sheetreport.model import LANGUAGES

Documents = Mapping[str, Any]

LONGEST_OFF_DAYS = 366  # longer than a year a rule is no exception any more


@dataclass(frozen=True, slots=True)
class OwnFile:
    """One of the consultant's files: its name in the catalogue, its path as typed, and what stands in it."""

    name: str
    path: str
    data: bytes


def read_folder(folder: Path, known: Sequence[str]) -> tuple[OwnFile, ...]:
    """The catalogue's files in a consultant's folder; other YAML there is a mistake, the rest is ignored.

    Raises UsageError where there is no such folder, or nobody may look into it.
    """
    if not folder.is_dir():
        raise UsageError("usage.no_folder", option="--catalog", folder=folder)
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise UsageError("files.cant_read", path=folder, why=reason_of(error)) from error
    found = []
    for path in paths:
        if path.name in known:
            try:
                found.append(OwnFile(path.name, os.path.join(folder, path.name), path.read_bytes()))  # noqa: PTH118
            except OSError as error:
                raise CatalogError.at(
                    f"{path}:1", "catalog_file.cant_read", reason=reason_of(error)
                ) from error
        elif re.search(r"\.ya?ml\b", path.name, re.IGNORECASE) and not path.name.startswith((".", "~")):
            raise CatalogError.at(
                f"{path}:1", "catalog_file.other_name", name=path.name, hint=_right_name(path.name, known)
            )
    if not found:
        raise CatalogError.at(str(folder), "catalog_file.no_files", known=", ".join(known))
    return tuple(found)


def _right_name(name: str, known: Sequence[str]) -> Message:
    """The file that one with another name may be meant for, else all that there are."""
    near = nearest(re.sub(r"\..*", "", name.lower()), [file.removesuffix(".yaml") for file in known])
    if near:
        return Message("errors.did_you_mean", {"near": f"{near}.yaml"})
    return Message("catalog_file.use_one_of", {"known": ", ".join(known)})


def lay_over(built_in: Documents, own: Iterable[OwnFile]) -> Documents:
    """The built-in documents with the consultant's on top."""
    documents, own = dict(built_in), tuple(own)
    for file in own:
        document = parse_yaml(file.data, file.path)
        if not isinstance(document, Located):
            raise CatalogError.at(f"{file.path}:1", _nothing_to_read(_KEYS[file.name]))
        document.only(*_KEYS[file.name])
        documents[file.name] = _document(file.name, built_in[file.name], document)
    _all_used(built_in["policy.yaml"], documents["policy.yaml"], own)
    if documents["policy.yaml"] is not built_in["policy.yaml"]:
        changed = _changed_policy(built_in["policy.yaml"], documents["policy.yaml"])
        documents["metrics.yaml"] = _own_sources(built_in["metrics.yaml"], documents["metrics.yaml"], changed)
    return documents


def _nothing_to_read(keys: Sequence[str]) -> Message:
    if len(keys) == 1:
        return Message("catalog_file.nothing", {"key": keys[0]})
    return Message("catalog_file.nothing_of_two", {"key": keys[0], "other": keys[1]})


# --- what may be changed ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Kind:
    """Entries of one list: the text that says there is none of a name, the keys that tell them apart, what a
    built-in one may have changed (None: everything), and what a new one must have (empty: there are no new
    ones).

    """

    absent: str
    keys: tuple[str, ...]
    changeable: tuple[str, ...] | None
    needed: tuple[str, ...] = ()
    read: bool = False  # found in a workbook by its name, so earlier names must stay known


_KEYS = {
    "fields.yaml": ("sheets",),
    "measures.yaml": ("measures", "steps"),
    "metrics.yaml": ("metrics",),
    "goals.yaml": ("numbers", "messages"),
    "rules.yaml": ("rules", "off"),
    "networks.yaml": ("networks",),
    "policy.yaml": ("policy",),
    "findings.yaml": ("findings",),
    "health.yaml": ("areas",),
    "levers.yaml": ("levers",),
    "trends.yaml": ("trends",),
}
_FIELDS = _Kind(
    "catalog_file.no_question",
    ("id",),
    ("label", "hint", "why", "example", "aliases", "suggestions"),
    read=True,
)
_KINDS = {
    "sheets": _Kind("catalog_file.no_page", ("id",), ("learn", "intro", "fields")),
    "measures": _Kind(
        "catalog_file.no_measure",
        ("id",),
        ("types", "name", "unit_words", "aliases", "low", "high", "unit_cost", "unit_count"),
        ("name", "types", "kind", "unit", "better"),
        read=True,
    ),
    "metrics": _Kind(
        "catalog_file.no_metric",
        ("id", "per"),
        ("name", "meaning", "note", "zones", "zone_needs", "zone_source", "reference"),
        ("name", "section", "unit", "formula"),
    ),
    "numbers": _Kind("catalog_file.no_goal_number", ("id",), ("name",)),
    "rules": _Kind(
        "catalog_file.no_rule",
        ("id", "per"),
        None,
        ("tier", "chapter", "condition", "ease", "confidence", "title", "text", "steps", "effect"),
    ),
    "networks": _Kind(
        "catalog_file.no_network", ("id",), None, ("name", "ads_status", "checked_on", "source"), read=True
    ),
    "policy": _Kind("catalog_file.no_policy", ("id",), ("value", "reason", "source"), ("value", "reason")),
    "findings": _Kind("catalog_file.no_finding", ("code", "variant"), ("message", "expected", "fix")),
    "areas": _Kind("catalog_file.no_area", ("id",), ("name", "weight", "reason", "items")),
    "levers": _Kind("catalog_file.no_lever", ("id", "per"), ("name", "step", "low", "high", "assumption")),
    "trends": _Kind("catalog_file.no_trend", ("id",), None, ("reason",)),
}
_WARNING_TEXTS = ("title", "text", "steps", "sources")
_NAMED_BY_OTHERS = {"metrics", "policy", "measures", "networks"}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_RULE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,29}")


def is_warning(rule: Mapping[str, Any]) -> bool:
    """Whether a rule warns of what a law or the rules of platforms forbid: nobody may take that away."""
    confidence = rule.get("confidence")
    basis = confidence.get("basis") if isinstance(confidence, Mapping) else None
    return rule.get("tier") == "P0" and basis == "rules"


# --- merging ------------------------------------------------------------------------------------------------


def _document(name: str, base: Located, own: Located) -> Located:
    merged = _copy(base)
    for key in (key for key in _KEYS[name] if key in own):  # rules before those of them that are off
        if key in _KINDS:
            merged[key] = _entries(_KINDS[key], base[key], mappings(own, key), key)
        elif key == "off":
            merged[key] = _switched_off(own, merged["rules"])
        else:
            merged[key] = _texts(key, mapping(base, key), mapping(own, key))
        merged.places[key] = own.places[key]
    return merged


def _entries(kind: _Kind, base: Sequence[Located], own: Sequence[Located], list_name: str) -> list[Located]:
    """A list with the consultant's entries laid over those of the same id, and the new ones behind."""
    merged = {_identity(kind, entry): entry for entry in base}
    seen = set()
    for entry in own:
        identity = _known_identity(kind, merged, entry)
        if identity in seen:
            entry.fail("catalog_file.entry_twice", kind.keys[0], id=identity[0])
        seen.add(identity)
        before = merged.get(identity)
        if before is None:
            merged[identity] = _new(kind, merged, entry, list_name)
        else:
            merged[identity] = _changed(kind, before, entry, list_name)
    return list(merged.values())


def _identity(kind: _Kind, entry: Located) -> tuple[str, ...]:
    return tuple(word(entry, key) or "" for key in kind.keys)


def _known_identity(kind: _Kind, known: Mapping[tuple[str, ...], Located], own: Located) -> tuple[str, ...]:
    """The entry that is meant. A second key may be left out where the first one says it all."""
    required(own, kind.keys[0])
    stated = _identity(kind, own)
    same = [identity for identity in known if identity[0] == stated[0]]
    second = kind.keys[-1]
    if stated not in known and second not in own and len(same) == 1:
        return same[0]
    if stated not in known and same:
        _which(kind, own, same)
    return stated


def _which(kind: _Kind, own: Located, same: Iterable[tuple[str, ...]]) -> NoReturn:
    first, second = kind.keys[0], kind.keys[-1]
    forms = forms_of(second, [identity[-1] for identity in same])
    own.fail("catalog_file.which", second, id=own[first], forms=forms)


def _new(kind: _Kind, known: Mapping[tuple[str, ...], Located], own: Located, list_name: str) -> Located:
    """An entry of the consultant's own: complete, and with an id that others can name."""
    key = kind.keys[0]
    name = required(own, key)
    near = did_you_mean(name, dict.fromkeys(identity[0] for identity in known))
    if not kind.needed:
        hint = near or Message("catalog_file.only_built_in", {})
        own.fail(kind.absent, key, name=name, hint=hint)
    missing = ", ".join(needed for needed in kind.needed if needed not in own)
    if missing:
        absent = Message(kind.absent, {"name": name, "hint": ""})
        own.fail("catalog_file.incomplete", key, absent=absent, hint=near, missing=missing)
    if list_name in _NAMED_BY_OTHERS and not _NAME.fullmatch(name):
        own.fail("catalog_file.wrong_id", key, id=name, example=f"own_{list_name.removesuffix('s')}")
    if list_name == "rules":
        if not _RULE_ID.fullmatch(name):
            own.fail("catalog_file.wrong_rule_id", key, id=name)
        if "name" not in own:
            own = _copy(own)
            own["name"] = name
    return own


def _changed(kind: _Kind, base: Located, own: Located, list_name: str) -> Located:
    """A built-in entry with what the consultant states laid over it."""
    check = _CHECKS.get(list_name)
    if check is not None:
        check(base, own)
    stated = [key for key in own if key not in kind.keys]
    if kind.changeable is not None:
        for key in stated:
            if key not in kind.changeable:
                can = Message("catalog_file.changeable", {"known": ", ".join(kind.changeable)})
                hint = did_you_mean(key, kind.changeable) or can
                own.fail("catalog_file.fixed", key, key=key, id=own[kind.keys[0]], hint=hint)
    merged = _merged(base, own)
    if kind is _KINDS["sheets"] and "fields" in own:
        merged["fields"] = _entries(_FIELDS, mappings(base, "fields"), mappings(own, "fields"), "fields")
    if kind.read and any(key in own for key in ("aliases", "label", "name")):
        merged["aliases"] = _all_aliases(base, own)
    return merged


def _merged(base: Located, own: Located) -> Located:
    """Mappings merged key by key; the names of a rule (`values`) are replaced one by one, each whole."""
    merged = _copy(base)
    merged.place = own.place
    for key, value in own.items():
        before = base.get(key)
        if isinstance(value, Located) and isinstance(before, Located):
            if key == "values":
                inner = _copy(before)
                inner.update(value)
                inner.places |= value.places
                merged[key] = inner
            else:
                merged[key] = _merged(before, value)
        else:
            merged[key] = value
        merged.places[key] = own.places[key]
    return merged


def _copy(source: Located) -> Located:
    copied = Located(source.place)
    copied.update(source)
    copied.places = dict(source.places)
    return copied


def _all_aliases(base: Located, own: Located) -> list[str]:
    """Own spellings, and all that were right before: workbooks made from other templates stay readable."""
    names = [
        value
        for key in ("label", "name")
        if isinstance(base.get(key), Located)
        for value in base[key].values()
    ]
    stated = own.get("aliases") or []
    if not isinstance(stated, list):
        own.fail("catalog_file.list_of_texts", "aliases", key="aliases")
    return list(dict.fromkeys([*stated, *(base.get("aliases") or []), *names]))


def _texts(key: str, base: Located, own: Located) -> Located:
    """Texts below their names: the messages of goals, the steps for each type of goal."""
    for name in own:
        if name not in base:
            own.fail("catalog_file.no_such_text", name, key=key, name=name, hint=did_you_mean(name, base))
        if isinstance(own[name], Located) is not isinstance(base[name], Located):
            one = isinstance(base[name], Located)
            own.fail(
                "catalog_file.both_languages" if one else "catalog_file.list_of_both",
                name,
                key=f"{key}: {name}",
            )
        if isinstance(own[name], Located):
            _same_placeholders(own, name, [base[name]], own[name])
    return _merged(base, own)


# --- checks of what is changed ------------------------------------------------------------------------------


def _check_policy(base: Located, own: Located) -> None:
    """Another number needs its own reason: the built-in one explains the built-in number."""
    if "value" in own and own["value"] != base["value"]:
        if "reason" not in own:
            own.fail("catalog_file.own_value", "id", id=own["id"])
        text_of(own, "reason")


def _check_metric(_: Located, own: Located) -> None:
    if "zones" in own:
        if "zone_source" not in own:
            own.fail("catalog_file.own_zones", "zones", id=own["id"])
        text_of(own, "zone_source")


def _check_area(_: Located, own: Located) -> None:
    """Another weight needs its own reason: the built-in one explains the built-in weight."""
    if "weight" in own and "reason" not in own:
        own.fail("catalog_file.own_weight", "id", id=own["id"])


def _check_rule(base: Located, own: Located) -> None:
    for key in own:
        if is_warning(base) and key not in ("id", "per", *_WARNING_TEXTS):
            own.fail("catalog_file.warning", key, key=key, id=own["id"], known=", ".join(_WARNING_TEXTS))


def _check_network(_: Located, own: Located) -> None:
    for key in ("checked_on", "source"):
        if "ads_status" in own and key not in own:
            own.fail("catalog_file.own_status", "ads_status", id=own["id"], key=key)


_FINDING_TEXTS = ("message", "expected", "fix")
_OF_EVERY_FINDING = ("found", "label", "example")


def _check_finding(base: Located, own: Located) -> None:
    texts = [base[key] for key in _FINDING_TEXTS if isinstance(base.get(key), Located)]
    for key in _FINDING_TEXTS:
        if isinstance(own.get(key), Located):
            _same_placeholders(own, key, texts, own[key], _OF_EVERY_FINDING)


def _same_placeholders(
    own: Located, key: str, base: Iterable[Located], text: Located, always: Sequence[str] = ()
) -> None:
    """A text of ours is filled with what its code gives: a name of the consultant's would find nothing."""
    known = {(name, bool(forms)) for words in base for said in words.values() for name, forms in _named(said)}
    names = {name for name, _ in known} | set(always)
    for name, forms in (found for said in text.values() for found in _named(said)):
        if name not in names:
            hint = nearest_or_all(name, sorted(names)) if names else Message("catalog_file.no_names", {})
            problem = Message("catalog_file.nothing_fills", {"name": name, "hint": hint})
            own.fail("catalog_file.in_key", key, key=key, problem=problem)
        if forms and (name, True) not in known:
            own.fail("catalog_file.no_count", key, key=key, name=name)


def _named(words: object) -> list[tuple[str, str]]:
    return PLACEHOLDER.findall(words) if isinstance(words, str) else []


_CHECKS: Mapping[str, Callable[[Located, Located], None]] = {
    "policy": _check_policy,
    "metrics": _check_metric,
    "rules": _check_rule,
    "networks": _check_network,
    "findings": _check_finding,
    "areas": _check_area,
}


# --- switched off -------------------------------------------------------------------------------------------


def _switched_off(own: Located, rules: Sequence[Located]) -> Located:
    """The rules switched off, each with a reason and the last day on which it is."""
    known = list(dict.fromkeys(rule["id"] for rule in rules))
    off = mapping(own, "off")
    for rule_id in off:
        if rule_id not in known:
            absent = Message("catalog_file.no_rule", {"name": rule_id, "hint": did_you_mean(rule_id, known)})
            off.fail("catalog_file.in_key", rule_id, key="off", problem=absent)
        if any(rule["id"] == rule_id and is_warning(rule) for rule in rules):
            off.fail("catalog_file.warning_off", rule_id, id=rule_id)
        entry = off[rule_id]
        if not isinstance(entry, Located):
            off.fail("catalog_file.off_entry", rule_id, id=rule_id)
        entry.only("reason", "until")
        text_of(entry, "reason")
        if type(entry.get("until")) is not date:
            entry.fail("catalog_file.until", "until")
    return off


def notices(catalog: Catalog, today: date, wording: Wording) -> list[str]:
    """What a consultant should know about the rules switched off: an end that has passed, one far away."""
    found = []
    for rule_id, off in {rule.id: rule.off for rule in catalog.rules if rule.off}.items():
        shown = wording.date(off.until)
        if off.until < today:
            found.append(f"{off.place}: {wording.text('cli.off_over', id=rule_id, until=shown)}")
        elif (off.until - today).days > LONGEST_OFF_DAYS:
            found.append(f"{off.place}: {wording.text('cli.off_long', id=rule_id, until=shown)}")
    return found


# --- policy numbers and the zones they border ---------------------------------------------------------------


def _all_used(base: Located, merged: Located, own: Iterable[OwnFile]) -> None:
    """A new number that nothing names is a known one with a slip in its id."""
    known = [entry["id"] for entry in base["policy"]]
    for entry in merged["policy"]:
        name = entry["id"]
        if name not in known and not any(re.search(rf"policy\.{name}\b".encode(), file.data) for file in own):
            hint = did_you_mean(name, known) or Message("catalog_file.name_policy", {"name": name})
            entry.fail("catalog_file.unused_policy", "id", name=name, hint=hint)


def _changed_policy(base: Located, merged: Located) -> Mapping[str, Located]:
    """The reasons of the numbers that are not the built-in ones any more."""
    before = {entry["id"]: entry.get("value") for entry in base["policy"]}
    return {
        entry["id"]: entry["reason"]
        for entry in merged["policy"]
        if entry["id"] in before and entry.get("value") != before[entry["id"]]
    }


def _own_sources(base: Located, merged: Located, changed: Mapping[str, Located]) -> Located:
    """Zones whose border the consultant moved say so: their source is the reason of the new number."""
    stated = {id(entry.get("zone_source")) for entry in base["metrics"]}
    moved = _copy(merged)
    moved["metrics"] = [
        _own_source(entry, changed) if id(entry.get("zone_source")) in stated else entry
        for entry in merged["metrics"]
    ]
    return moved


def _own_source(metric: Located, changed: Mapping[str, Located]) -> Located:
    ends = {str(zone.get(end)) for zone in mappings(metric, "zones") for end in ("low", "high")}
    reasons = [reason for name, reason in changed.items() if f"policy.{name}" in ends]
    if not reasons:
        return metric
    source = Located(reasons[0].place)
    for language in LANGUAGES:
        source[language] = "; ".join(str(reason[language]).strip().rstrip(".") for reason in reasons) + "."
    moved = _copy(metric)
    moved["zone_source"] = source
    return moved
