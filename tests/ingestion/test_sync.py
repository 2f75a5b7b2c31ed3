"""A collection follows its source: what is new, changed, renamed, gone."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingestion.sources import copies
from ingestion.sources.errors import EntryRefused, SourceEmptied, SourceUnreachable
from ingestion.sources.folder import FolderSettings, open_folder
from ingestion.sources.followed import Place
from ingestion.sources.port import Entry, Source
from retrieval.documents import Documents
from tests.ingestion.following import Following, following

if TYPE_CHECKING:
    from tests.ingestion.conftest import Library


class Watched:
    """An `Opening` of the folder that notes what is read, and may break off or refuse."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.read_keys: list[str] = []
        self.list_at_most: int | None = None
        self.refused: set[str] = set()

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Source]:
        async with open_folder(FolderSettings(self._folder)) as source:
            self._source = source
            yield self

    def open(self, _: Place) -> AbstractAsyncContextManager[Source]:
        return self._opened()

    async def entries(self) -> AsyncIterator[Entry]:
        n = 0
        async for entry in self._source.entries():
            if n == self.list_at_most:
                raise SourceUnreachable("de l’essai", "coupure")
            yield entry
            n += 1

    async def read(self, key: str) -> AsyncIterator[bytes]:
        self.read_keys.append(key)
        if key in self.refused:
            raise EntryRefused(key)
        async for piece in self._source.read(key):
            yield piece


async def test_what_is_at_the_source_is_found(follows: Following) -> None:
    follows.place.put("note.txt", b"Trois jours par semaine.")
    follows.place.put("dossier/a.md", b"# Titre\n\nTexte.")
    follows.place.put("image.xyz", b"?")
    assert await follows.sync() == {"added": 2, "skipped": 1}
    assert await follows.texts() == {"note.txt": "Trois jours par semaine.", "dossier/a.md": "Titre\nTexte."}


async def test_only_what_changed_is_read_again_and_only_new_content_is_received(follows: Following) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        follows.place.put(name, name.encode())
    await follows.sync()
    acts = len(await follows.library.acts())
    watched = Watched(follows.place.folder)
    sources = follows.sources(opening=watched)
    assert await follows.sync(sources) == {"unchanged": 3}
    assert watched.read_keys == []
    assert len(await follows.library.acts()) == acts

    follows.place.put("a.txt", b"Autre texte.")
    follows.place.put("b.txt", b"b.txt")  # written again, and the same
    assert await follows.sync(sources) == {"changed": 1, "unchanged": 2}
    assert sorted(watched.read_keys) == ["a.txt", "b.txt"]
    assert (await follows.texts())["a.txt"] == "Autre texte."

    watched.read_keys.clear()
    assert await follows.sync(sources) == {"unchanged": 3}
    assert watched.read_keys == []


async def test_what_vanished_leaves_catalogue_and_index_on_record(follows: Following) -> None:
    follows.place.put("a.txt", b"A.")
    follows.place.put("b.txt", b"B.")
    await follows.sync()
    follows.place.delete("a.txt")
    assert await follows.sync() == {"removed": 1, "unchanged": 1}
    assert await follows.texts() == {"b.txt": "B."}
    assert await follows.states() == {"b.txt": "indexed"}
    assert sum(b'"document.removed"' in act for act in await follows.library.acts()) == 1


async def test_a_renamed_file_stays_the_same_document_and_is_not_embedded_again(follows: Following) -> None:
    follows.place.put("avant.txt", b"Texte.")
    await follows.sync()
    (document_id,) = (await follows.held()).values()
    (follows.place.folder / "dossier").mkdir()
    (follows.place.folder / "avant.txt").rename(follows.place.folder / "dossier" / "apr\u00e8s.txt")
    assert await follows.sync() == {"renamed": 1}
    assert await follows.held() == {"dossier/apr\u00e8s.txt": document_id}
    (hit,) = await follows.library.hits(follows.collection)
    assert (hit.version, hit.metadata.title) == (1, "apr\u00e8s")
    assert sum(b'"document.indexed"' in act for act in await follows.library.acts()) == 1
    assert sum(b'"document.renamed"' in act for act in await follows.library.acts()) == 1
    assert await follows.sync() == {"unchanged": 1}


async def test_a_copy_of_what_stays_is_a_document_of_its_own(follows: Following) -> None:
    follows.place.put("a.txt", b"Texte.")
    await follows.sync()
    follows.place.put("b.txt", b"Texte.")
    assert await follows.sync() == {"added": 1, "unchanged": 1}
    assert await follows.texts() == {"a.txt": "Texte.", "b.txt": "Texte."}


async def test_what_comes_back_after_it_was_removed_is_another_document(follows: Following) -> None:
    follows.place.put("a.txt", b"Avant.")
    follows.place.put("b.txt", b"B.")
    await follows.sync()
    before = await follows.held()
    follows.place.delete("a.txt")
    await follows.sync()
    follows.place.put("a.txt", b"Depuis.")
    assert await follows.sync() == {"added": 1, "unchanged": 1}
    assert (await follows.held())["a.txt"] != before["a.txt"]

    parts = follows.library.parts
    documents = Documents(parts.pool, follows.library.policy, parts.catalog, parts.ledger, parts.index)
    await documents.remove(follows.library.principal, follows.collection.name, [before["b.txt"]])
    assert await follows.texts() == {"a.txt": "Depuis."}
    assert await follows.sync() == {"added": 1, "unchanged": 1}
    assert (await follows.held())["b.txt"] != before["b.txt"]
    assert await follows.texts() == {"a.txt": "Depuis.", "b.txt": "B."}


async def test_a_listing_that_breaks_off_changes_nothing_and_the_reason_is_kept(follows: Following) -> None:
    for name in ("a.txt", "b.txt"):
        follows.place.put(name, name.encode())
    await follows.sync()
    before = await follows.texts()
    watched = Watched(follows.place.folder)
    watched.list_at_most = 1
    sources = follows.sources(opening=watched)
    for _ in range(2):
        with pytest.raises(SourceUnreachable, match="Rien n’a été retiré"):
            await follows.sync(sources)
    assert await follows.texts() == before
    (followed,) = await sources.of_collection(follows.library.principal, follows.collection.id)
    assert "coupure" in followed.failure
    assert sum(b'"source.failed"' in act for act in await follows.library.acts()) == 1


async def test_a_source_that_is_suddenly_empty_removes_nothing_unless_that_is_meant(follows: Following) -> None:
    follows.place.put("a.txt", b"A.")
    await follows.sync()
    follows.place.delete("a.txt")
    with pytest.raises(SourceEmptied, match="--allow-empty"):
        await follows.sync()
    assert await follows.texts() == {"a.txt": "A."}
    assert await follows.sync(allow_empty=True) == {"removed": 1}
    assert await follows.texts() == {}
    assert await follows.sync() == {}


async def test_a_file_that_cannot_be_taken_is_one_failed_document(follows: Following) -> None:
    follows.place.put("bon.txt", b"Bon.")
    follows.place.put("vide.txt", b"")
    follows.place.put("gros.txt", b"a" * 50_000_001)
    follows.place.put("fermé.txt", b"Secret.")
    watched = Watched(follows.place.folder)
    watched.refused = {"fermé.txt"}
    sources = follows.sources(opening=watched)
    assert await follows.sync(sources) == {"added": 2, "failed": 2}
    assert await follows.states() == {
        "bon.txt": "indexed",
        "vide.txt": "failed",
        "gros.txt": "failed",
        "fermé.txt": "failed",
    }
    assert await follows.texts() == {"bon.txt": "Bon."}

    watched.read_keys.clear()
    assert await follows.sync(sources) == {"unchanged": 3, "failed": 1}
    assert watched.read_keys == ["fermé.txt"]  # nothing tells when it opens
    assert sum(b'"document.failed"' in act for act in await follows.library.acts()) == 3

    watched.refused = set()
    follows.place.put("gros.txt", b"Plus court.")
    assert await follows.sync(sources) == {"changed": 2, "unchanged": 2}
    assert await follows.texts() == {"bon.txt": "Bon.", "gros.txt": "Plus court.", "fermé.txt": "Secret."}


async def test_an_entry_that_comes_too_slowly_stops_the_synchronisation_and_removes_nothing(
    follows: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    follows.place.put("a.txt", b"A.")
    await follows.sync()
    follows.place.put("b.txt", b"B.")
    follows.place.delete("a.txt")
    monkeypatch.setattr(copies, "PATIENCE_S", 0.0)
    with pytest.raises(SourceUnreachable, match="trop longtemps"):
        await follows.sync()
    assert await follows.texts() == {"a.txt": "A."}


async def test_a_file_that_is_no_longer_readable_is_no_longer_found(follows: Following) -> None:
    follows.place.put("a.txt", b"A.")
    await follows.sync()
    follows.place.put("a.txt", b"a" * 50_000_001)
    assert await follows.sync() == {"failed": 1}
    assert await follows.texts() == {}
    assert await follows.states() == {"a.txt": "failed"}


async def test_names_that_are_hard_to_write_are_followed(follows: Following) -> None:
    names = ["deux\nlignes.txt", "\u202egauche.txt", "é.txt", "e\u0301.txt", "100%2F.txt", f"{'n' * 250}.txt"]
    for n, name in enumerate(names):
        follows.place.put(name, f"Texte {n}.".encode())
    await follows.sync()
    assert await follows.texts() == {name: f"Texte {n}." for n, name in enumerate(names)}


async def test_two_sources_with_the_same_names_do_not_touch_each_other(library: "Library", tmp_path: Path) -> None:
    one, other = [await following(library, tmp_path / "places") for _ in range(2)]
    one.place.put("a.txt", b"Un.")
    other.place.put("a.txt", b"Autre.")
    await one.sync()
    await other.sync()
    one.place.put("a.txt", b"Un, depuis.")
    await one.sync()
    assert (await one.texts(), await other.texts()) == ({"a.txt": "Un, depuis."}, {"a.txt": "Autre."})
