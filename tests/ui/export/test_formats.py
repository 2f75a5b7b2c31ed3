"""What leaves says the same in each format, that a machine wrote it, and nothing in it is alive."""

from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import docx as python_docx
import pytest
from inline_snapshot import snapshot
from lxml import etree
from markdown_it import MarkdownIt
from odfdo import Document

from tests.ui.export.exchanges import conversation
from ui.export.content import NOTICE
from ui.export.docx import docx
from ui.export.markdown import markdown
from ui.export.odt import odt

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
MARK = {"AIGenerated": "true", "DigitalSourceType": IPTC, "AIModel": "essai"}
SAID = (
    "Préavis & <cadres>",
    NOTICE,
    "Quel est le préavis ?",
    "Le préavis dure un mois [1].",
    "[1] Code du travail, n°\u00a02008-67, article L. 1234-1, 1er mai 2008, version 2. Collection «\u202fDroit\u202f».",
    "[2] Note [DGOS] *2019*, page 4, 1er janvier 2020, version 1. Collection «\u202fNotes\u202f».",
    "DGOS\u202f: direction générale de l’offre de soins.",
    "Textes en vigueur au 20 novembre 2026.",
    "Et pour les cadres ?",
    "Question comprise\u202f: Quel est le préavis pour les cadres ?",
    "Réponse interrompue.",
)


def test_markdown_has_numbered_sources_and_front_matter() -> None:
    assert markdown(conversation()).decode() == snapshot("""\
---
title: "Préavis & <cadres>"
lang: "fr"
date: "2026-11-26"
AIGenerated: "true"
DigitalSourceType: "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
AIModel: "essai"
---

# Préavis \\& \\<cadres\\>

> Les réponses de ce document ont été rédigées par une intelligence artificielle\u202f: vérifiez-les dans les sources citées.

## Quel est le préavis ?

Le préavis dure un mois \\[1\\].

Il peut être réduit \\[2\\].

Voir \\!\\[x\\](`http://exemple.invalid/p.png)` et \\<img src=x onerror=alert(1)\\>.

*DGOS\u202f: direction générale de l’offre de soins.*

*Textes en vigueur au 20 novembre 2026.*

### Sources

- \\[1\\] Code du travail, n°\xa02008-67, article L. 1234-1, 1er mai 2008, version 2. Collection «\u202fDroit\u202f». En vigueur depuis le 1er mai 2008.
- \\[2\\] Note \\[DGOS\\] \\*2019\\*, page 4, 1er janvier 2020, version 1. Collection «\u202fNotes\u202f». En vigueur depuis le 1er janvier 2020. À vérifier\u202f: le passage ne semble pas dire cela.

## Et pour les cadres ?

*Question comprise\u202f: Quel est le préavis pour les cadres ?*

Début

*Réponse interrompue.*

## Sans réponse ?

*Réponse interrompue.*
""")  # noqa: E501  # as it is


def test_nothing_of_an_answer_is_alive_in_markdown() -> None:
    _, _, text = markdown(conversation()).decode().split("---\n", 2)
    tokens = [token for block in MarkdownIt("commonmark").parse(text) for token in block.children or [block]]
    assert {token.type for token in tokens}.isdisjoint({"link_open", "image", "html_inline", "html_block"})


def _paragraphs_of_docx(file: bytes) -> list[str]:
    return [paragraph.text for paragraph in python_docx.Document(BytesIO(file)).paragraphs]


def _paragraphs_of_odt(file: bytes) -> list[str]:
    return [element.inner_text for element in Document(BytesIO(file)).body.get_elements("text:h | text:p")]


def test_a_word_document_opens_again_and_says_all() -> None:
    paragraphs = _paragraphs_of_docx(docx(conversation()))
    for said in SAID:
        assert any(paragraph.startswith(said) for paragraph in paragraphs), said
    assert not any("Jamais citée" in paragraph for paragraph in paragraphs)


def test_an_opendocument_text_opens_again_and_says_all() -> None:
    paragraphs = _paragraphs_of_odt(odt(conversation()))
    for said in SAID:
        assert any(paragraph.startswith(said) for paragraph in paragraphs), said
    assert not any("Jamais citée" in paragraph for paragraph in paragraphs)


def test_programs_learn_from_a_word_document_that_a_machine_wrote_it() -> None:
    file = docx(conversation())
    with ZipFile(BytesIO(file)) as parts:
        root = etree.fromstring(parts.read("docProps/custom.xml"))
        assert "custom-properties" in parts.read("[Content_Types].xml").decode()
    assert {held.get("name"): held[0].text for held in root} == MARK
    properties = python_docx.Document(BytesIO(file)).core_properties
    assert (properties.title, properties.author, properties.comments) == ("Préavis & <cadres>", "Assistant", NOTICE)


def test_programs_learn_from_an_opendocument_text_that_a_machine_wrote_it() -> None:
    meta = Document(BytesIO(odt(conversation()))).meta
    assert MARK.items() <= meta.user_defined_metadata.items()
    assert (meta.title, meta.get_comments()) == ("Préavis & <cadres>", NOTICE)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Préavis des cadres (été)", "preavis-des-cadres-ete"),
        ("../../etc/passwd", "etc-passwd"),
        ('a"; filename="b.exe\r\nX: y', "a-filename-b-exe-x-y"),
        ("日本語", "conversation"),
        ("", "conversation"),
        ("mot " * 40, "mot-" * 14 + "mot"),
    ],
)
def test_a_file_has_a_name_that_is_safe_anywhere(title: str, name: str) -> None:
    assert replace(conversation(), title=title).name == name
