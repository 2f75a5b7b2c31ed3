"""Archives and messages on their way into a collection, taken apart by real children."""

import gzip
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from email.message import EmailMessage
from pathlib import Path

import pytest

from ingestion.expansion import Found, FoundRecord, Unfit, expand
from ingestion.isolation import ParseLimits, Reader, open_reader
from ingestion.parsing.parts import PartLimits
from tests.ingestion.conftest import Write
from tests.ingestion.office_files import docx, paragraph, zipped


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    async with open_reader(ParseLimits(wall_s=60)) as reader:
        yield reader


@pytest.fixture
def expanded(reader: Reader, write: Write) -> "Expanded":
    return Expanded(reader, write)


class Expanded:
    """What a file makes: content by document id, or the reason."""

    def __init__(self, reader: Reader, write: Write) -> None:
        self._reader, self._write = reader, write

    async def __call__(self, name: str, content: bytes, limits: PartLimits | None = None) -> dict[str, bytes | str]:
        path = self._write(name, content)
        async with aclosing(expand(Found(name, name, path), self._reader, limits)) as found:
            return {one.name: _content(one) async for one in found}


def _content(one: Found | FoundRecord | Unfit) -> bytes | str:
    match one:
        case Found():
            return one.path.read_bytes()
        case FoundRecord():
            return str(json.loads(one.content)["text"])
        case Unfit():
            return str(one.reason)


def mail(**files: bytes) -> bytes:
    """A message with these files."""
    message = EmailMessage()
    message["From"] = "a@exemple.fr"
    message["Subject"] = "Congés"
    message.set_content("Voici la note.")
    for name, content in files.items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name.replace("_", "."))
    return message.as_bytes()


async def test_any_other_file_is_its_own_document(expanded: Expanded) -> None:
    assert await expanded("a.txt", b"un") == {"a.txt": b"un"}


async def test_an_archive_is_a_document_for_each_file_in_it(expanded: Expanded) -> None:
    note = docx(paragraph("Une note."))
    assert await expanded("a.zip", zipped({"un.txt": b"un", "dossier/note.docx": note})) == {
        "a.zip/un.txt": b"un",
        "a.zip/dossier/note.docx": note,
    }


async def test_a_message_is_a_document_and_so_is_each_file_that_came_with_it(expanded: Expanded) -> None:
    content = mail(a_txt=b"un", b_zip=zipped({"c.txt": b"deux"}))
    assert await expanded("a.eml", content) == {
        "a.eml": content,
        "a.eml/a.txt": b"un",
        "a.eml/b.zip/c.txt": b"deux",
    }


async def test_a_file_of_records_is_a_document_for_each_record_in_it(expanded: Expanded) -> None:
    lines = b'{"id": "1", "text": "un"}\n\n{"id": "note/2", "text": "deux"}\n'
    assert await expanded("a.jsonl", lines) == {"a.jsonl/1": "un", "a.jsonl/note/2": "deux"}
    inside = {"x/a.jsonl": lines, "b.JSONL": lines, "c.ndjson.zip": zipped({"c.jsonl.gz": gzip.compress(lines)})}
    assert await expanded("a.zip", zipped(inside)) == {
        f"a.zip/{name}/{identifier}": text
        for name in ("x/a.jsonl", "b.JSONL", "c.ndjson.zip/c.jsonl.gz")
        for identifier, text in (("1", "un"), ("note/2", "deux"))
    }


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (b'{"id": "1", "text": "un"}\n{"id": "2"', "sa ligne 2 ne peut pas être lue"),
        (b'{"id": "1", "text": "un"}\n{"id": "1", "text": "deux"}', "est déjà celui de la ligne 1"),
        (b"\n", "aucun texte"),
        (b"".join(b'{"id": "%d", "text": "un"}\n' % n for n in range(4)), "plus de 3 enregistrements"),
        (b'{"id": "1", "text": "%s"}' % (b"a" * 300), "dépasse"),
    ],
)
async def test_a_file_of_records_that_cannot_be_read_to_its_end_is_one_failure(
    expanded: Expanded, lines: bytes, problem: str
) -> None:
    found = await expanded("a.jsonl", lines, PartLimits(file=300, parts=3))
    assert list(found) == ["a.jsonl"]
    assert problem in str(found["a.jsonl"])
    assert str(found["a.jsonl"]).startswith("a.jsonl")


async def test_records_in_an_archive_count_with_all_that_is_in_it_and_the_reason_says_so(expanded: Expanded) -> None:
    one = b'{"id": "1", "text": "un"}\n'
    inside = zipped({"a.jsonl": one + one.replace(b"1", b"2"), "b.jsonl": one, "c.jsonl": one})
    found = await expanded("a.zip", inside, PartLimits(parts=6))
    reason = "le fichier qui le contient compte plus de 6 fichiers et enregistrements en tout. Découpez ce dernier."
    assert found == {
        "a.zip/a.jsonl/1": "un",
        "a.zip/a.jsonl/2": "un",
        "a.zip/b.jsonl/1": "un",
        "a.zip/c.jsonl": f"a.zip/c.jsonl\u202f: {reason}",
    }


async def test_so_do_their_bytes(expanded: Expanded) -> None:
    long = json.dumps({"id": "1", "text": "un" * 500_000}).encode()
    limits = PartLimits(file=1_500_000, expanded=2_000_000, ratio=10_000)
    found = await expanded("a.zip", zipped({"a.jsonl": long, "b.txt": b"un"}), limits)
    assert list(found) == ["a.zip/a.jsonl", "a.zip/b.txt"]
    assert "le fichier qui le contient donne plus de 2 Mo en tout" in str(found["a.zip/a.jsonl"])


async def test_a_record_whose_id_is_too_long_fails_alone(expanded: Expanded) -> None:
    lines = json.dumps({"id": "a" * 3_000, "text": "un"}) + '\n{"id": "2", "text": "deux"}'
    assert list((await expanded("a.jsonl", lines.encode())).values())[1:] == ["deux"]


async def test_a_bad_part_is_told_and_the_others_go_in(expanded: Expanded) -> None:
    found = await expanded("a.zip", zipped({"../b.txt": b"x", "logo.svgz": b"x", "c.zip": b"PK", "d.txt": b"un"}))
    assert found.pop("a.zip/d.txt") == b"un"
    assert {name: str(reason).partition(": ")[2].partition(".")[0] for name, reason in found.items()} == {
        "a.zip/../b.txt": "son nom mène hors du fichier qui le contient",
        "a.zip/logo.svgz": "ce format n’est pas pris en charge",
        "a.zip/c.zip": "l’archive est endommagée à cet endroit",
    }


@pytest.mark.parametrize("name", ["a.zip", "a.eml"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\0\1\2"])
async def test_what_cannot_be_taken_apart_is_one_failure(expanded: Expanded, name: str, content: bytes) -> None:
    found = await expanded(name, content)
    assert list(found) == [name]
    assert isinstance(found[name], str)


async def test_archives_in_archives_are_opened_to_a_depth(expanded: Expanded) -> None:
    content, names = zipped({"fin.txt": b"un"}), ["fin.txt"]
    for level in (3, 2, 1):
        content, names = zipped({f"{level}.zip": content}), [f"{level}.zip", *names]
    found = await expanded("a.zip", content, PartLimits(depth=3))
    assert list(found) == ["a.zip/1.zip/2.zip/3.zip"]
    assert "à plus de 3 niveaux" in str(found["a.zip/1.zip/2.zip/3.zip"])
    assert await expanded("a.zip", content, PartLimits(depth=4)) == {"a.zip/" + "/".join(names): b"un"}


async def test_an_archive_that_holds_itself_in_effect_ends(expanded: Expanded) -> None:
    """Each level holds the one below ten times: ten million files, were all opened."""
    content = zipped({"a.txt": b"x"})
    for _ in range(7):
        content = zipped({f"{number}.zip": content for number in range(10)})
    found = await expanded("a.zip", content, PartLimits(depth=8, parts=50))
    assert len(found) < 150
    assert any("plus de" in str(reason) for reason in found.values())


async def test_all_that_comes_out_is_counted_together(expanded: Expanded) -> None:
    inner = zipped({"b.txt": b"bc" * 30_000})
    found = await expanded("a.zip", zipped({f"{n}.zip": inner for n in range(4)}), PartLimits(expanded=150_000))
    assert [isinstance(content, bytes) for content in found.values()] == [True, True, False, False]


async def test_ten_thousand_files_are_refused_before_one_is_taken(expanded: Expanded) -> None:
    found = await expanded("a.zip", zipped({f"{number}.txt": b"" for number in range(10_000)}))
    assert list(found) == ["a.zip"]
    assert "plus de 2000 fichiers" in str(found["a.zip"])


async def test_a_name_too_long_for_the_catalogue_is_refused(expanded: Expanded) -> None:
    name = "/".join(["é" * 250] * 3) + "/a.txt"
    found = await expanded("a.zip", zipped({f"{'é' * 100}/{'é' * 240}.zip": zipped({name: b"x"})}))
    assert ["trop long" in str(reason) for reason in found.values()] == [True]


async def test_two_ways_to_one_name_are_one_document_and_a_reason(reader: Reader, write: Write) -> None:
    path = write("a.zip", zipped({"b.zip": zipped({"c.txt": b"un"}), "b.zip/c.txt": b"deux"}))
    found = [one async for one in expand(Found("a.zip", "a.zip", path), reader)]
    assert [type(one) for one in found] == [Found, Unfit]
    assert len({one.id for one in found}) == 2


async def test_nothing_is_left_behind(expanded: Expanded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    await expanded("a.zip", zipped({"b.zip": zipped({"c.txt": b"x"}), "d.zip": b"PK"}))
    assert list((tmp_path / "temporary").iterdir()) == []
