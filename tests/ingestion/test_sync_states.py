"""Whatever happens at a source between synchronisations, and to them, the collection then is as the source is."""

from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.ingestion.following import Following, following
from tests.ingestion.steps import Crash, Steps
from tests.ingestion.sync_steps import counted_sources

if TYPE_CHECKING:
    from tests.ingestion.conftest import Library

KEYS = st.sampled_from(["a.txt", "b.txt", "é.txt", "dossier/a.txt", "dossier/b c.txt"])
TEXTS = st.sampled_from(["Un.", "Deux.", "Trois."])

HAPPENINGS = st.one_of(
    st.tuples(st.just("put"), KEYS, TEXTS),
    st.tuples(st.just("delete"), KEYS, st.just("")),
    st.tuples(st.just("move"), KEYS, KEYS),
    st.tuples(st.just("sync"), st.just(""), st.just("")),
    st.tuples(st.just("crash"), st.integers(1, 30).map(str), st.sampled_from(["before", "after"])),
)


async def happen(follows: Following, at_source: dict[str, str], what: str, one: str, other: str) -> None:
    """Do it at the source, and to what we know of it."""
    match what:
        case "put":
            follows.place.put(one, other.encode())
            at_source[one] = other
        case "delete" if one in at_source:
            follows.place.delete(one)
            del at_source[one]
        case "move" if one in at_source:
            (follows.place.folder / other).parent.mkdir(exist_ok=True)
            (follows.place.folder / one).replace(follows.place.folder / other)
            at_source[other] = at_source.pop(one)
        case "sync":
            await follows.sync(allow_empty=True)
            await assert_same(follows, at_source)
        case "crash":
            try:
                steps = Steps(int(one), after=other == "after")
                await follows.sync(counted_sources(follows, steps), allow_empty=True)
            except Crash:
                await follows.end_lease()


async def assert_same(follows: Following, at_source: dict[str, str]) -> None:
    """Catalogue and index hold what the source holds, each document once."""
    assert await follows.texts() == at_source
    assert await follows.states() == dict.fromkeys(at_source, "indexed")
    held = await follows.held()
    assert held.keys() == at_source.keys()
    assert len(set(held.values())) == len(held)


def removal_broken_off(step: str, side: str, came_since: str) -> list[tuple[str, str, str]]:
    """What is found no more is half taken out when the same comes back, under its name or another."""
    come = [("put", "a.txt", "Un."), ("put", "é.txt", "Deux."), ("sync", "", "")]
    return [*come, ("delete", "a.txt", ""), ("crash", step, side), ("put", came_since, "Un.")]


@example(
    [
        ("put", "a.txt", "Deux."),
        ("put", "dossier/a.txt", "Un."),
        ("sync", "", ""),
        ("move", "dossier/a.txt", "a.txt"),
        ("crash", "18", "after"),
        ("put", "b.txt", "Un."),
    ]
)
@example(removal_broken_off("8", "before", "a.txt"))
@example(removal_broken_off("9", "after", "b.txt"))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happenings=st.lists(HAPPENINGS, min_size=3, max_size=14))
async def test_the_collection_follows_whatever_happens(
    library: "Library", tmp_path: Path, happenings: list[tuple[str, str, str]]
) -> None:
    follows = await following(library, tmp_path)
    at_source: dict[str, str] = {}
    for what, one, other in happenings:
        await happen(follows, at_source, what, one, other)
    await happen(follows, at_source, "sync", "", "")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.sets(KEYS, min_size=1), order=st.permutations(["a.txt", "b.txt", "é.txt", "dossier/a.txt", "x/y.txt"]))
async def test_moved_documents_stay_themselves(
    library: "Library", tmp_path: Path, before: set[str], order: list[str]
) -> None:
    follows = await following(library, tmp_path)
    for key in before:
        follows.place.put(key, f"Texte de {key}.".encode())
    await follows.sync()
    held = await follows.held()
    free = [key for key in order if key not in before]
    moves = dict(zip(sorted(before), free, strict=False))
    for key, new_key in moves.items():
        await happen(follows, {key: ""}, "move", key, new_key)
    await follows.sync()
    assert await follows.held() == {moves.get(key, key): document for key, document in held.items()}
    assert {version for _, version, *_ in await library.points(follows.collection)} == {1}
