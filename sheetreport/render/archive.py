"""PDF/A-3: a report that is read in decades, with the files it was made of inside."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import pydyf

from sheetreport.render.tags import object_number

# PDF/A takes no property it does not know, unless the file explains it: this one says the PDF is accessible.
_ACCESSIBLE = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
  xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
  xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""
_END = b"</rdf:RDF>"


WORKBOOKS = {
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".xls": "application/vnd.ms-excel",
    ".xlsb": "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
    ".xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""What kinds of file workbooks are, by the ending of their names."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that an archive keeps: what the report was made of ("Source"), or what it says ("Data")."""

    name: str
    content: bytes
    kind: str
    description: str
    relationship: Literal["Source", "Data"]
    changed: datetime


def embedded(attachment: Attachment) -> Any:
    """The attachment as WeasyPrint takes it."""
    import weasyprint  # noqa: PLC0415  (where a PDF is made it is loaded already; it takes a second)

    return weasyprint.Attachment(
        file_obj=io.BytesIO(attachment.content),
        name=attachment.name,
        description=attachment.description,
        relationship=attachment.relationship,
        created=attachment.changed,
        modified=attachment.changed,
    )


def complete(attachments: Sequence[Attachment], pdf: Any) -> None:
    """Say that the archive is accessible too, and what kind of file each attachment is."""
    metadata = pdf.objects[object_number(pdf.catalog["Metadata"])]
    metadata.stream = [part.replace(_END, _ACCESSIBLE + _END) for part in metadata.stream]
    pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))  # WeasyPrint lists each file twice
    kinds = {attachment.name: attachment.kind for attachment in attachments}
    for reference in pdf.catalog["AF"]:
        file = pdf.objects[object_number(reference)]
        content = pdf.objects[object_number(file["EF"]["F"])]
        # WeasyPrint asks the computer, and computers differ.
        content.extra["Subtype"] = "/" + kinds[file["UF"].string].replace("/", "#2f")
