"""What a screen reader needs and WeasyPrint leaves out, and what it writes though nobody needs it.

Both are mended in a PDF just before it is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

import pydyf

_PIXEL = 0.75  # points
_PRINTED = 4  # the flag of what is on paper as on the screen

# What may hold text itself; groups hold it in spans.
_HOLDERS = frozenset({"/P", "/H1", "/H2", "/H3", "/TH", "/TD", "/LBody", "/Lbl", "/Span"})


def complete(root: Element, document: Any, pdf: Any) -> None:
    """Say where pictures are, which way header cells head and what links lead to.

    Footers, pictures without words and the tags of single lines of text are dropped.
    """
    structure = [item for item in pdf.objects if _is(item, "Type", "/StructElem")]
    marks = _marks(pdf)
    _place_pictures(structure, document)
    _direct_headers(structure, pdf)
    _name_links(root, pdf)
    _set_apart(_silent(structure, pdf), pdf, marks, "/Layout")
    _set_apart(_footers(structure, pdf), pdf, marks, "/Pagination")
    _merge_lines(structure, pdf, marks)


def _place_pictures(structure: Sequence[Any], document: Any) -> None:
    """WeasyPrint writes places in pixels, from the top of the page."""
    pictures = (item for item in structure if item["S"] == "/Figure")
    for (page, box), picture in zip(_pictures(document), pictures, strict=True):
        left, bottom = box.position_x * _PIXEL, (page.height - box.position_y - box.margin_height()) * _PIXEL
        right, top = left + box.margin_width() * _PIXEL, bottom + box.margin_height() * _PIXEL
        corners = pydyf.Array(round(side, 2) for side in (left, bottom, right, top))
        picture["A"] = pydyf.Dictionary({"O": "/Layout", "Placement": "/Block", "BBox": corners})


def _pictures(document: Any) -> Iterator[tuple[Any, Any]]:
    """Pictures as they were laid out, with their pages, in the order of the tags."""
    for page in document.pages:
        for box in page._page_box.descendants(placeholders=True):
            if box.element_tag == "img":
                yield page, box


def _direct_headers(structure: Sequence[Any], pdf: Any) -> None:
    for header in structure:
        if header["S"] == "/TH":
            group = _parent(pdf, _parent(pdf, header))
            header["A"]["Scope"] = "/Column" if group["S"] == "/THead" else "/Row"


def _name_links(root: Element, pdf: Any) -> None:
    names = {anchor: _name(element) for element in root.iter() if (anchor := element.get("id"))}
    for link in pdf.objects:
        if _is(link, "Subtype", "/Link"):
            link["Contents"] = pydyf.String(names[link["Dest"].string])
            link["F"] = _PRINTED


def _name(element: Element) -> str:
    """What people call the place that a link leads to."""
    return element.get("data-mark") or "".join(next(element.iter("p"), element).itertext())


def _marks(pdf: Any) -> list[Any]:
    """For each page the owners of its marked contents, in order."""
    tree = pdf.objects[object_number(pdf.objects[object_number(pdf.catalog["StructTreeRoot"])]["ParentTree"])]
    owners: list[Any] = tree["Nums"][1 : 2 * len(pdf.page_references) : 2]
    return owners


def _silent(structure: Sequence[Any], pdf: Any) -> dict[bytes, Any]:
    """Pictures that nothing is said about, taken out of the tree of tags."""
    found = {}
    for item in structure:
        if item["S"] == "/Figure" and not item["Alt"].string.strip():
            _parent(pdf, item)["K"].remove(item.reference)
            found[item.reference] = item
    return found


def _footers(structure: Sequence[Any], pdf: Any) -> dict[bytes, Any]:
    """The tags of running footers, which WeasyPrint makes outside the tree, so that they are read out."""
    known = [item for item in structure if item.free == "n"]
    loose = {item.reference: item for item in known if item.reference not in _parent(pdf, item)["K"]}
    return loose | {item.reference: item for item in known if item["P"] in loose}


def _set_apart(loose: Mapping[bytes, Any], pdf: Any, marks: Sequence[Any], kind: str) -> None:
    """Keep what loose tags hold from being read out."""
    for page, tagged in zip(pdf.page_references, marks, strict=True):
        apart = {mark for mark, owner in enumerate(tagged) if owner in loose}
        tagged[:] = ["null" if mark in apart else owner for mark, owner in enumerate(tagged)]
        content = pdf.objects[object_number(pdf.objects[object_number(page)]["Contents"])].stream
        for place, part in enumerate(content):
            if isinstance(part, pydyf.Dictionary) and part.get("MCID") in apart:
                content[place - 1 : place + 1] = ["/Artifact", pydyf.Dictionary({"Type": kind})]
    for item in loose.values():
        _drop(item)


def _merge_lines(structure: Sequence[Any], pdf: Any, marks: Sequence[Any]) -> None:
    """Let what holds text hold its lines: WeasyPrint gives each line a tag, a third of all objects."""
    holders: dict[bytes, Any] = {}
    for item in structure:
        holder = _parent(pdf, item)
        if item["S"] == "/Span" and holder.get("S") in _HOLDERS and _is_line(item):
            holder["K"][holder["K"].index(item.reference)] = item["K"][0]
            holders[item.reference] = item["P"]
            _drop(item)
    for tagged in marks:
        tagged[:] = [holders.get(owner, owner) for owner in tagged]


def _is_line(item: Any) -> bool:
    """Whether it holds nothing but one piece of the page, and is still there."""
    return item.free == "n" and [type(kid) for kid in item["K"]] == [int]


def _drop(item: Any) -> None:
    """Take an object out of the file. Its number stays behind, marked as free the way readers expect."""
    item.number, item.generation, item.free = 0, 1, "f"


def _is(item: Any, key: str, value: str) -> bool:
    return isinstance(item, pydyf.Dictionary) and item.get(key) == value


def _parent(pdf: Any, item: Any) -> Any:
    return pdf.objects[object_number(item["P"])]


def object_number(reference: bytes) -> int:
    """The number of the object that a reference ("12 0 R") means."""
    return int(reference.split()[0])
