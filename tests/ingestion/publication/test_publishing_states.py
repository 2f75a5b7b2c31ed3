"""Whatever keepers do in whatever order, readers find exactly what was published last."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.publication.errors import NothingToPublish, NothingToRollBack
from tests.ingestion.publication.conftest import Shelf, shelf_of

if TYPE_CHECKING:
    from policies import Principal
    from tests.ingestion.conftest import Library, Write

IDS = st.sampled_from(["a", "b", "c"])
TEXTS = st.sampled_from(["Un.", "Deux.", "Trois."])
DONE = st.one_of(
    st.tuples(st.just("receive"), IDS, TEXTS),
    st.tuples(st.just("remove"), IDS, st.just("")),
    st.tuples(st.just("keep"), IDS, st.just("")),
    st.tuples(st.sampled_from(["publish", "publish", "roll back"]), st.just(""), st.just("")),
)


@dataclass
class Model:
    """What is published, what waits, and what the last publication brought and took the place of."""

    published: dict[str, str]
    draft: dict[str, str] = field(default_factory=dict)
    going: set[str] = field(default_factory=set)
    last: tuple[Mapping[str, str], Mapping[str, str], frozenset[str]] | None = None

    def receive(self, one: str, text: str) -> None:
        if one in self.draft or one in self.going or self.published.get(one) != text:
            self.draft[one] = text
            self.going.discard(one)

    def remove(self, one: str) -> None:
        self.draft.pop(one, None)
        if one in self.published:
            self.going.add(one)

    def publish(self) -> None:
        before = dict(self.published)
        self.last = (before, dict(self.draft), frozenset(self.going))
        self.published = {one: text for one, text in (before | self.draft).items() if one not in self.going}
        self.draft, self.going = {}, set()

    def roll_back(self) -> None:
        assert self.last is not None
        before, brought, gone = self.last
        self.draft = dict(brought) | self.draft
        self.published, self.last = dict(before), None
        self.going = {one for one in (self.going | gone) if one in before and one not in self.draft}


async def happen(shelf: Shelf, model: Model, what: str, one: str, text: str) -> None:
    match what:
        case "receive":
            await shelf.receive(**{one: text})
            model.receive(one, text)
        case "remove":
            await shelf.remove(one)
            model.remove(one)
        case "keep":
            await shelf.publication.drafts.keep(shelf.keeper, await shelf.now(), [one])
            model.going.discard(one)
        case "publish":
            try:
                await shelf.publish()
                model.publish()
            except NothingToPublish:
                assert not model.draft
                assert not model.going
                await shelf.publication.checking.withdraw(shelf.keeper, shelf.collection.id)
        case "roll back":
            try:
                await shelf.roll_back()
                model.roll_back()
            except NothingToRollBack:
                assert model.last is None
    assert await shelf.found() == model.published
    waiting = await shelf.publication.changes(shelf.keeper, shelf.collection.id)
    assert {one.id for one in waiting} == model.draft.keys() | model.going


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=st.lists(DONE, min_size=4, max_size=10))
async def test_readers_find_exactly_what_was_published(
    library: "Library", write: "Write", keeper: "Principal", done: list[tuple[str, str, str]]
) -> None:
    shelf, model = await shelf_of(library, write, keeper, a="Un.", b="Un."), Model({"a": "Un.", "b": "Un."})
    for what, one, text in done:
        await happen(shelf, model, what, one, text)
