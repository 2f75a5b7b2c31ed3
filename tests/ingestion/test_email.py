"""Messages with bodies and attachments of several kinds."""

import datetime as dt
from email.message import EmailMessage

import pytest

from ingestion.errors import DocumentEmpty, FileUnreadable
from ingestion.parsing.email import EmailParser, attachments
from ingestion.parsing.parts import BadPart, Part, PartLimits

PLAIN = "Bonjour,\n\nVoici la note.\n\n> Où est la note ?\n"
HTML = "<h1>Congés</h1><p>Voici <b>la note</b>.</p><p style='display:none'>caché</p><img src='http://127.0.0.1:9/x'>"


def message(subject: str = "Congés d’été", body: str = PLAIN, html: str = "") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Bureau des ressources <bureau@exemple.fr>"
    mail["To"] = "agents@exemple.fr"
    mail["Date"] = "Fri, 01 Mar 2024 10:00:00 +0100"
    mail["Subject"] = subject
    mail.set_content(body)
    if html:
        mail.add_alternative(html, subtype="html")
    return mail


def texts(mail: EmailMessage | bytes) -> list[str]:
    content = mail if isinstance(mail, bytes) else mail.as_bytes()
    return [block.text for block in EmailParser().parse(content, "a.eml").blocks]


def files(mail: EmailMessage, limits: PartLimits | None = None) -> list[Part | BadPart]:
    return list(attachments(mail.as_bytes(), "a.eml", limits or PartLimits()))


def test_a_message_gives_its_subject_its_people_its_day_and_its_text() -> None:
    document = EmailParser().parse(message().as_bytes(), "a.eml")
    assert document.metadata.title == "Congés d’été"
    assert document.metadata.date == dt.date(2024, 3, 1)
    assert [block.text for block in document.blocks] == [
        "De\u202f: Bureau des ressources <bureau@exemple.fr>",
        "À\u202f: agents@exemple.fr",
        "Date\u202f: Fri, 01 Mar 2024 10:00:00 +0100",
        "Bonjour,",
        "Voici la note.",
        "> Où est la note ?",
    ]


def test_of_two_forms_of_the_text_the_page_is_read_as_people_see_it() -> None:
    assert texts(message(html=HTML))[3:] == ["Congés", "Voici la note."]


def test_files_that_came_with_it_are_documents_of_their_own() -> None:
    mail = message(html=HTML)
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="décision.pdf")
    mail.add_attachment("a;b", subtype="csv", filename="a.csv")
    mail.add_attachment(b"x", maintype="application", subtype="pdf")
    assert files(mail) == [
        Part("décision.pdf", b"%PDF-1.7"),
        Part("a.csv", b"a;b\n"),
        Part("piece-3.pdf", b"x"),
    ]
    assert texts(mail)[3:] == ["Congés", "Voici la note."]


def test_a_forwarded_message_is_a_document_of_its_own() -> None:
    mail = message()
    mail.add_attachment(message("Suite", "Autre texte"))
    (inner,) = files(mail)
    assert isinstance(inner, Part)
    assert inner.name == "piece-1.eml"
    assert EmailParser().parse(inner.content, inner.name).metadata.title == "Suite"
    assert "Autre texte" not in texts(mail)


def test_names_of_files_lead_nowhere_and_two_of_one_name_are_kept() -> None:
    mail = message()
    for name in ("/etc/passwd.txt", "a.txt", "a.txt"):
        mail.add_attachment("x", filename=name)
    assert [part.name for part in files(mail)] == ["-etc-passwd.txt", "a.txt", "3-a.txt"]


def test_a_file_that_is_too_large_is_refused_alone() -> None:
    mail = message()
    mail.add_attachment(bytes(2_000), maintype="application", subtype="pdf", filename="a.pdf")
    mail.add_attachment(b"x", maintype="application", subtype="pdf", filename="b.pdf")
    large, small = files(mail, PartLimits(file=1_000))
    assert isinstance(large, BadPart)
    assert small == Part("b.pdf", b"x")
    with pytest.raises(FileUnreadable, match="plus de 1 fichiers"):
        files(mail, PartLimits(parts=1))


def test_text_in_an_unknown_or_wrong_character_set_is_still_read() -> None:
    head = b"From: a@exemple.fr\nContent-Type: text/plain; charset="
    assert texts(head + b"inconnu\n\n\xc3\xa9t\xc3\xa9")[-1] == "été"
    assert texts(head + b"utf-8\n\n\xe9t\xe9")[-1] == "été"


def test_a_message_without_anything_is_empty() -> None:
    with pytest.raises(DocumentEmpty):
        EmailParser().parse(b"From: a@exemple.fr\nSubject: rien\n\n", "a.eml")


@pytest.mark.parametrize("content", [b"\0" * 100, b"Ceci est un texte.\n\nAutre"])
def test_what_is_no_message_is_refused(content: bytes) -> None:
    with pytest.raises(FileUnreadable, match="pas un message"):
        EmailParser().parse(content, "a.eml")


def test_a_message_of_files_alone_is_still_a_document() -> None:
    content = b"Subject: Piece\nContent-Type: application/pdf\n\n%PDF-1.7"
    assert texts(content) == ["Piece"]


@pytest.mark.parametrize(
    "header", [b"Subject: =?utf-8?b?A?= suite", b"Subject: =?inconnu?q?A?= suite", b"Date: hier", b"From: \xe9\xff"]
)
def test_a_damaged_header_does_not_keep_the_text_out(header: bytes) -> None:
    assert texts(b"To: a@exemple.fr\n" + header + b"\n\nUn texte.")[-1] == "Un texte."


def test_a_header_that_the_library_breaks_on_is_said_to_be_damaged() -> None:
    with pytest.raises(FileUnreadable, match="endommagé"):
        texts(b'From: a@exemple.fr\nContent-Type: text/plain; charset="a\0b"\n\nUn texte.')


def test_text_that_the_page_hides_is_told_apart() -> None:
    html = "<p>Un texte.</p><p style='font-size:0'>caché</p>"
    document = EmailParser().parse(message(html=html).as_bytes(), "a.eml")
    assert "caché" in document.unseen
    assert "caché" not in document.text
