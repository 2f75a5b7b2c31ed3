"""A conversation as a Word document (ECMA-376), made by python-docx."""

import datetime as dt
from collections.abc import Mapping
from io import BytesIO

from docx import Document
from docx.document import Document as Word
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from lxml import etree

from ui.export.content import NOTICE, Entry, Exported
from ui.export.docx_blocks import add_blocks

_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"  # of properties that a person or program adds


def docx(conversation: Exported) -> bytes:
    """The whole file; the mark for programs stands among its custom properties."""
    document = Document()
    properties = document.core_properties
    properties.title, properties.author, properties.comments = conversation.title, "Assistant", NOTICE
    properties.language, properties.created = "fr-FR", dt.datetime.combine(conversation.day, dt.time())
    properties.modified, properties.last_modified_by = properties.created, "Assistant"
    _add_custom(document, conversation.mark)
    document.add_heading(conversation.title, 0)
    document.add_paragraph(NOTICE, style="Intense Quote")
    for entry in conversation.entries:
        _add_entry(document, entry)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def _add_entry(document: Word, entry: Entry) -> None:
    document.add_heading(entry.question, 1)
    if entry.understood:
        document.add_paragraph().add_run(f"Question comprise\u202f: {entry.understood}").italic = True
    add_blocks(document, entry.answer)
    for note in entry.notes:
        document.add_paragraph().add_run(note).italic = True
    if entry.sources:
        document.add_heading("Sources", 2)
    for n, said in entry.sources:
        document.add_paragraph(f"[{n}] {said}")


def _add_custom(document: Word, mark: Mapping[str, str]) -> None:
    """What python-docx has no words for: ECMA-376, part 1, 15.2.12.2."""
    root = etree.Element(f"{{{_PROPERTIES}}}Properties", nsmap={"op": _PROPERTIES, "vt": _TYPES})
    for pid, (name, value) in enumerate(mark.items(), start=2):  # 0 and 1 are taken
        held = etree.SubElement(root, f"{{{_PROPERTIES}}}property", fmtid=_FORMAT_ID, pid=str(pid), name=name)
        etree.SubElement(held, f"{{{_TYPES}}}lpwstr").text = value
    blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    package = document.part.package
    part = Part(PackURI("/docProps/custom.xml"), _CUSTOM_TYPE, blob, package)
    package.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)
