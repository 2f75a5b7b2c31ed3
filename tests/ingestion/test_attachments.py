"""Files of a conversation: for its owner and this conversation alone."""

import asyncio
import contextlib
import datetime as dt
import json
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from assistant import Conversations
from ingestion import (
    Agreement,
    AttachedFile,
    AttachmentNotFound,
    ConversationClosed,
    FileReceived,
    FileState,
    IntakeLimits,
    JobNotFound,
    Jobs,
    NotTaken,
    Offered,
)
from ingestion.erasure import sweep_forsaken
from ingestion.offered import displayed
from ingestion.pipeline import UPLOAD_DOCUMENTS
from ingestion.stages import Stages
from ingestion.sweeping import sweep
from policies import Action, Principal
from retrieval import Bin, CachedEmbedder, Collections, Counting, FacetCounts, Fusion, Search
from retrieval.document_filter import DocumentFilter
from retrieval.document_list import DocumentList
from tests.ingestion.attaching import (
    CAMILLE,
    DOMINIQUE,
    attach,
    attachments,
    begin,
    delete,
    delete_wholly,
    left,
    points,
    reasons,
)
from tests.ingestion.conftest import Library, Write
from tests.ingestion.import_steps import counted
from tests.ingestion.office_files import zipped
from tests.ingestion.steps import Crash, Steps
from tests.ingestion.two_models import Two

LEAVE = "# Congé\n\nLe congé de proche aidant dure trois mois.\n"
OTHER = "# Retraite\n\nLa retraite est demandée six mois avant le départ.\n"


@pytest.fixture
def conversation() -> UUID:
    return uuid4()


def searching(library: Library) -> Search:
    parts = library.parts
    return Search(
        pool=parts.pool,
        policy=library.policy,
        catalog=parts.catalog,
        ledger=parts.ledger,
        spaces=parts.spaces,
        sparse=parts.sparse,
        fusion=Fusion(k=20, dense_weight=0.5, candidates=50),
    )


async def test_a_file_is_read_and_found_in_its_conversation(library: Library, write: Write, conversation: UUID) -> None:
    [file] = await attach(library, conversation, write("congé.md", LEAVE))
    assert isinstance(file, AttachedFile)
    assert (file.name, file.state, file.reason) == ("congé.md", FileState.READY, "")
    assert file.passages == await points(library) == 1
    search = searching(library)
    own = await search.attached(CAMILLE, conversation)
    found = await search.find("Combien de temps dure le congé ?", [], 4, attached=own)
    assert found.searched == ("Fichiers joints",)
    assert found.attached
    assert ["trois mois" in one.chunk.text for one in found.passages] == [True]
    assert [text.text for text in await attachments(library).texts(CAMILLE, conversation)] == [
        "Congé\nLe congé de proche aidant dure trois mois."
    ]


async def test_nobody_else_and_no_other_conversation_has_it(
    library: Library, write: Write, conversation: UUID, administrateur: Principal
) -> None:
    await attach(library, conversation, write("congé.md", LEAVE))
    search, service = searching(library), attachments(library)
    own = await search.attached(CAMILLE, conversation)
    assert own is not None
    for person in (DOMINIQUE, administrateur):
        assert await search.attached(person, conversation) is None
        assert await service.files(person, conversation) == []
        assert await service.texts(person, conversation) == []
        [file] = await service.files(CAMILLE, conversation)
        with pytest.raises(AttachmentNotFound):
            await service.remove(person, conversation, file.id)
        assert not library.policy.decide(person, Action.READ, own.rule).allowed
    assert await search.attached(CAMILLE, uuid4()) is None
    for person in (CAMILLE, administrateur):
        assert await search.permitted(person) == []
        assert (await search.search(person, "congé de proche aidant")).passages == ()


async def test_two_people_attach_the_same_file_apart(library: Library, write: Write) -> None:
    mine, theirs, path = uuid4(), uuid4(), write("congé.md", LEAVE)
    await attach(library, mine, path)
    await attach(library, theirs, path, person=DOMINIQUE)
    await delete_wholly(library, mine)
    [file] = await attachments(library).files(DOMINIQUE, theirs)
    assert file.state is FileState.READY
    assert await points(library) == 1


async def test_nobody_attaches_to_the_conversation_of_another(
    library: Library, write: Write, conversation: UUID
) -> None:
    await begin(library, conversation)
    path = write("congé.md", LEAVE)
    with pytest.raises(ConversationClosed):
        await attach(library, conversation, path, person=DOMINIQUE)
    await attach(library, conversation, path)
    with pytest.raises(ConversationClosed):
        await attach(library, conversation, path, person=DOMINIQUE)


async def test_the_same_file_twice_is_told(library: Library, write: Write, conversation: UUID) -> None:
    told = await attach(library, conversation, write("congé.md", LEAVE), write("copie.md", LEAVE))
    assert reasons(told) == [
        "copie.md\u202f: ce fichier est déjà joint à la conversation, sous le nom «\u202fcongé.md\u202f». "
        "Posez votre question\u202f: il est lu.",
        "",
    ]


async def test_one_file_too_many_is_told_and_the_others_are_kept(
    library: Library, write: Write, conversation: UUID
) -> None:
    paths = [write(f"{number}.md", f"Texte numéro {number}.") for number in range(4)]
    told = await attach(library, conversation, *paths, service=attachments(library, most=3))
    assert reasons(told) == [
        "3.md\u202f: une conversation compte 3 fichiers joints au plus. Retirez-en un, puis joignez celui-ci, "
        "ou ouvrez une nouvelle conversation.",
        *[""] * 3,
    ]


async def test_the_limit_holds_for_files_that_come_at_once(library: Library, write: Write, conversation: UUID) -> None:
    paths = [write(f"{number}.md", f"Texte numéro {number}.") for number in range(6)]
    service = attachments(library, most=3)
    await asyncio.gather(*(attach(library, conversation, path, service=service) for path in paths))
    assert len(await service.files(CAMILLE, conversation)) == 3


async def test_a_file_that_cannot_be_taken_says_why_and_leaves_nothing(
    library: Library, write: Write, conversation: UUID
) -> None:
    service = attachments(library, IntakeLimits(file=100))
    large, empty, strange = write("grand.md", "a" * 101), write("vide.md", ""), write("film.avi", "a")
    told = await attach(library, conversation, large, empty, strange, service=service)
    assert all(isinstance(one, NotTaken) for one in told)
    assert [reason.split(".")[1] for reason in reasons(told)] == [
        "md\u202f: le fichier dépasse 0 Mo",
        "md\u202f: le document ne contient aucun texte",
        "avi\u202f: ce format n’est pas pris en charge",
    ]
    assert await service.files(CAMILLE, conversation) == []
    assert await left(library) == 0


async def test_a_file_that_fails_does_not_count_and_can_be_attached_again(
    library: Library, write: Write, conversation: UUID
) -> None:
    service = attachments(library, most=1)
    path = write("blanc.md", "\n \n")
    for _ in range(2):
        [file] = await attach(library, conversation, path, service=service)
        assert isinstance(file, AttachedFile)
        assert file.state is FileState.FAILED
        assert "blanc.md\u202f: le document ne contient aucun texte" in file.reason
    assert len(await service.files(CAMILLE, conversation)) == 1
    [good] = await attach(library, conversation, write("congé.md", LEAVE), service=service)
    assert isinstance(good, AttachedFile)
    assert good.state is FileState.READY


async def test_what_a_collection_would_set_aside_is_refused(library: Library, write: Write, conversation: UUID) -> None:
    secret = write("note.md", "DIFFUSION RESTREINTE\n\nLe plan blanc est déclenché.")
    personal = write("agents.md", "Écrire à camille.martin@sante.gouv.fr pour le congé.")
    told = await attach(library, conversation, secret, personal)
    states = {one.name: (one.state, one.reason) for one in told if isinstance(one, AttachedFile)}
    assert states["agents.md"] == (FileState.READY, "")
    state, reason = states["note.md"]
    assert state is FileState.FAILED
    assert reason.startswith(
        "note.md\u202f: le document contient une mention de protection, ce qui ne peut pas être joint"
    )
    async with library.parts.pool.connection() as connection:
        assert await (await connection.execute("select from quarantine")).fetchone() is None


async def test_an_archive_is_one_file_and_the_register_knows_no_name_in_it(
    library: Library, write: Write, conversation: UUID
) -> None:
    archive = write("dossier.zip", zipped({"secret-congé.md": LEAVE.encode(), "secret-retraite.md": OTHER.encode()}))
    [file] = await attach(library, conversation, archive)
    assert isinstance(file, AttachedFile)
    assert (file.name, file.state, file.passages) == ("dossier.zip", FileState.READY, 2)
    assert len(await attachments(library).texts(CAMILLE, conversation)) == 2
    told = b"".join(await library.acts())
    assert b"secret" not in told
    assert b"dossier" not in told
    await attachments(library).remove(CAMILLE, conversation, file.id)
    assert await attachments(library).texts(CAMILLE, conversation) == []
    assert await points(library) == 0


async def test_attaching_and_removing_are_recorded(library: Library, write: Write, conversation: UUID) -> None:
    [file] = await attach(library, conversation, write("congé.md", LEAVE))
    assert isinstance(file, AttachedFile)
    await attachments(library).remove(CAMILLE, conversation, file.id)
    bodies = [json.loads(body) for body in await library.acts()]
    kept = [one for one in bodies if one["act"].startswith("file.")]
    assert [one["act"] for one in kept] == ["file.attached", "file.removed"]
    assert all(one["details"]["file"] == str(file.id) for one in kept)
    assert all(one["details"]["conversation"] == str(conversation) for one in kept)
    with pytest.raises(AttachmentNotFound):
        await attachments(library).remove(CAMILLE, conversation, file.id)


async def test_removing_a_file_leaves_the_others(library: Library, write: Write, conversation: UUID) -> None:
    told = await attach(library, conversation, write("congé.md", LEAVE), write("retraite.md", OTHER))
    gone = next(one for one in told if isinstance(one, AttachedFile) and one.name == "congé.md")
    await attachments(library).remove(CAMILLE, conversation, gone.id)
    [stays] = await attachments(library).files(CAMILLE, conversation)
    assert stays.name == "retraite.md"
    assert await points(library) == 1


async def test_no_vector_of_an_attached_file_is_kept_beside_the_index(
    library: Library, write: Write, conversation: UUID
) -> None:
    cached = replace(library, parts=library.embedding(CachedEmbedder(library.embedder, library.parts.pool)))
    await attach(cached, conversation, write("congé.md", LEAVE))
    await cached.create("RH")
    await cached.ingest("RH", write("retraite.md", OTHER))
    async with library.parts.pool.connection() as connection:
        row = await (await connection.execute("select count(*) from embedding")).fetchone()
    assert row == (1,)


async def test_a_deleted_conversation_takes_its_files_with_it(
    library: Library, write: Write, conversation: UUID
) -> None:
    other = uuid4()
    await begin(library, conversation)
    await attach(library, conversation, write("congé.md", LEAVE))
    await attach(library, other, write("retraite.md", OTHER))
    async with library.parts.pool.connection() as connection:  # a process that dies then has told the index nothing
        await Conversations(library.parts.ledger).delete(connection, CAMILLE, conversation)
    assert json.loads((await library.acts())[-1])["details"]["files"] == 1
    assert await searching(library).attached(CAMILLE, conversation) is None
    assert await points(library) == 2
    await attachments(library).erase()
    assert await points(library) == 1
    await delete_wholly(library, other)
    assert await points(library) == await left(library) == 0


async def test_what_a_dead_process_left_is_erased_in_the_night(
    library: Library, write: Write, conversation: UUID
) -> None:
    await begin(library, conversation)
    await attach(library, conversation, write("congé.md", LEAVE))
    await delete(library, conversation)
    await Stages(library.parts).tidy()
    assert await points(library) == await left(library) == 0


async def test_originals_are_swept(library: Library, write: Write, conversation: UUID) -> None:
    await attach(library, conversation, write("congé.md", LEAVE))
    blobs = library.parts.blobs
    assert len([name async for name in blobs.names()]) == 1
    await delete_wholly(library, conversation)
    await sweep(library.parts.pool, blobs, older_than=0)
    assert [name async for name in blobs.names()] == []


async def test_a_conversation_that_never_began_is_swept(library: Library, write: Write, conversation: UUID) -> None:
    begun = uuid4()
    await attach(library, conversation, write("congé.md", LEAVE))
    await begin(library, begun)
    await attach(library, begun, write("congé.md", LEAVE))
    parts = library.parts
    assert await sweep_forsaken(parts.pool, parts.ledger) == 0
    assert await sweep_forsaken(parts.pool, parts.ledger, older_than=0) == 1
    await attachments(library).erase()
    assert await attachments(library).files(CAMILLE, conversation) == []
    assert len(await attachments(library).files(CAMILLE, begun)) == await points(library) == 1


async def test_a_file_removed_while_it_waits_never_comes(library: Library, write: Write, conversation: UUID) -> None:
    service = attachments(library)
    adding = service.add(CAMILLE, conversation, [Offered("congé.md", write("congé.md", LEAVE))])
    received = await anext(adding)
    assert isinstance(received, FileReceived)
    await service.remove(CAMILLE, conversation, received.file.id)
    async with library.working():
        [done] = [event async for event in adding]
    assert done.file.state is FileState.FAILED  # type: ignore[union-attr]
    assert await points(library) == 0
    assert await service.files(CAMILLE, conversation) == []


async def test_a_conversation_deleted_while_its_file_is_read_keeps_nothing(
    library: Library, write: Write, conversation: UUID
) -> None:
    await begin(library, conversation)
    adding = attachments(library).add(CAMILLE, conversation, [Offered("congé.md", write("congé.md", LEAVE))])
    await anext(adding)
    await delete(library, conversation)
    await library.do_jobs()
    assert len([event async for event in adding]) == 1
    await attachments(library).erase()
    assert await points(library) == await left(library) == 0


async def test_the_words_of_files_enter_no_vocabulary(library: Library, write: Write, conversation: UUID) -> None:
    await attach(library, conversation, write("a.md", "Zygomatique."), write("b.md", "Le zygomatique."))
    await Counting(library.parts.pool).complete()
    async with library.parts.pool.connection() as connection:
        assert await (await connection.execute("select from vocabulary")).fetchone() is None
        assert await (await connection.execute("select from vocabulary_count")).fetchone() is None


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("rapport.pdf", "rapport.pdf"),
        ("C:\\Users\\x\\rapport.pdf", "rapport.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("a\u202eb\n.pdf", "ab.pdf"),
        ("", "fichier"),
        ("a" * 300 + ".pdf", "a" * 195 + "….pdf"),
    ],
)
def test_a_name_is_kept_as_a_person_reads_it(given: str, shown: str) -> None:
    assert displayed(given) == shown


@pytest.mark.parametrize("after", [False, True])
async def test_wherever_attaching_breaks_off_it_ends_the_same(library: Library, write: Write, after: bool) -> None:
    path, step = write("congé.md", LEAVE), 1
    while True:
        conversation, steps = uuid4(), Steps(step, after=after)
        service = attachments(replace(library, parts=counted(library, steps)))
        with contextlib.suppress(Crash):
            adding = service.add(CAMILLE, conversation, [Offered("congé.md", path)])
            await anext(adding)
        whole = steps.count < step
        await library.do_jobs()
        if not await attachments(library).files(CAMILLE, conversation):
            await attach(library, conversation, path)
        [file] = await attachments(library).files(CAMILLE, conversation)
        assert file.state is FileState.READY
        await delete_wholly(library, conversation)
        assert await points(library) == await left(library) == 0
        if whole:
            return
        step += 1


@pytest.mark.parametrize("after", [False, True])
async def test_wherever_removing_breaks_off_nothing_is_found_and_once_more_removes_it(
    library: Library, write: Write, after: bool
) -> None:
    path, step = write("congé.md", LEAVE), 1
    while True:
        conversation = uuid4()
        [file] = await attach(library, conversation, path)
        assert isinstance(file, AttachedFile)
        steps = Steps(step, after=after)
        service = attachments(replace(library, parts=counted(library, steps)))
        with contextlib.suppress(Crash):
            await service.remove(CAMILLE, conversation, file.id)
        whole = steps.count < step
        with contextlib.suppress(AttachmentNotFound):
            await attachments(library).remove(CAMILLE, conversation, file.id)
        assert await attachments(library).files(CAMILLE, conversation) == []
        assert await points(library) == 0
        if whole:
            return
        step += 1


async def test_the_index_and_the_catalogue_agree_on_attached_files(
    library: Library, write: Write, conversation: UUID, administrateur: Principal
) -> None:
    await attach(library, conversation, write("congé.md", LEAVE))
    parts = library.parts
    agreement = Agreement(parts.pool, library.policy, parts.catalog, parts.ledger, parts.index, library.queue)
    assert (await agreement.check(administrateur)).counts()["orphaned"] == 0
    own = await searching(library).attached(CAMILLE, conversation)
    assert own is not None
    await parts.index.delete(own.id)
    await agreement.repair(administrateur)
    await library.do_jobs()
    assert await points(library) == 1


async def test_who_keeps_collections_sees_nothing_of_them(
    library: Library, write: Write, conversation: UUID, administrateur: Principal
) -> None:
    await library.create("Fichiers joints")  # a name that leads to this one alone
    adding = attachments(library).add(CAMILLE, conversation, [Offered("congé.md", write("congé.md", LEAVE))])
    await anext(adding)
    parts = library.parts
    jobs = Jobs(parts.pool, library.policy, parts.catalog, parts.ledger, parts.index, library.queue)
    assert await jobs.page(administrateur) == []
    [job] = await library.jobs()
    for act in (jobs.cancel, jobs.retry):
        with pytest.raises(JobNotFound):
            await act(administrateur, job)
    await library.do_jobs()
    collections = Collections(parts.pool, library.policy, parts.catalog, parts.ledger)
    bin_ = Bin(parts.pool, library.policy, parts.catalog, parts.ledger, parts.index)
    documents = DocumentList(parts.pool, library.policy, parts.catalog, parts.ledger)
    assert [(one.name, count) for one, count in await collections.readable(administrateur)] == [("Fichiers joints", 0)]
    assert not (await documents.page(administrateur, DocumentFilter())).rows
    facets = await FacetCounts(parts.pool, searching(library)).of(administrateur, dt.date(2026, 1, 1))
    assert facets.documents == 0
    await bin_.delete(administrateur, "Fichiers joints")
    await bin_.erase(administrateur, "Fichiers joints")
    assert await points(library) == 1


async def test_another_embedding_model_takes_attached_files_along(
    assistant: Library, both: Two, write: Write, conversation: UUID
) -> None:
    await attach(assistant, conversation, write("congé.md", LEAVE))
    own = await searching(assistant).attached(CAMILLE, conversation)
    assert own is not None
    before, old = await both.found(own.id), await both.spaces.in_use()
    assert before
    await both.succession.announce(assistant.principal)
    while (await both.spaces.in_use()) is old:
        await both.reencoding.step()
    assert await both.found(own.id) == before


async def test_a_file_is_read_before_what_is_imported(library: Library, write: Write, conversation: UUID) -> None:
    await library.create("RH")
    many = [write(f"lot/{number}.md", f"Texte numéro {number}.") for number in range(UPLOAD_DOCUMENTS + 1)]
    await library.receive("RH", *many)
    imports = await library.jobs()
    adding = attachments(library).add(CAMILLE, conversation, [Offered("congé.md", write("congé.md", LEAVE))])
    await anext(adding)
    first, *others = await library.jobs()
    assert first not in imports
    assert others == imports
