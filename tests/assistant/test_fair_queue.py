import asyncio
from contextlib import ExitStack

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from assistant.engines.fair_queue import FairQueue, Ticket
from assistant.errors import QueueFull


async def test_the_first_is_served_without_waiting() -> None:
    with FairQueue().ticket("ada") as ticket:
        assert [ahead async for ahead in ticket.waiting()] == []


async def test_who_waits_sees_the_queue_shrink() -> None:
    queue, seen = FairQueue(), asyncio.Queue[int]()

    async def wait() -> None:
        with queue.ticket("charles") as ticket:
            async for ahead in ticket.waiting():
                seen.put_nowait(ahead)

    with queue.ticket("ada"), ExitStack() as george:
        george.enter_context(queue.ticket("george"))
        waiting = asyncio.create_task(wait())
        assert await seen.get() == 2
        george.close()
        assert await seen.get() == 1
    await waiting


async def test_a_turn_that_comes_while_ones_place_is_being_read_is_not_missed() -> None:
    queue = FairQueue()
    with ExitStack() as ada:
        ada.enter_context(queue.ticket("ada"))
        with queue.ticket("george") as ticket:
            places = []
            async for ahead in ticket.waiting():
                places.append(ahead)
                ada.close()
    assert places == [1]


def test_a_flood_of_one_person_does_not_delay_another() -> None:
    queue = FairQueue()
    with queue.ticket("flood"), queue.ticket("flood"), queue.ticket("flood"), queue.ticket("other") as other:
        assert other.ahead == 1


async def test_a_cancelled_waiter_leaves_the_queue() -> None:
    queue = FairQueue()
    with queue.ticket("ada"):
        started = asyncio.Event()

        async def wait() -> None:
            with queue.ticket("george") as ticket:
                async for _ in ticket.waiting():
                    started.set()

        waiting = asyncio.create_task(wait())
        await started.wait()
        waiting.cancel()
        await asyncio.wait([waiting])
        with queue.ticket("charles") as ticket:
            assert ticket.ahead == 1


def test_a_full_queue_says_so() -> None:
    queue = FairQueue(longest_each=1)
    with queue.ticket("ada"), queue.ticket("ada"):
        with pytest.raises(QueueFull, match="Vous avez déjà trop de questions"):
            queue.ticket("ada").__enter__()
        with queue.ticket("george") as ticket:
            assert ticket.ahead == 1
    queue = FairQueue(longest=1)
    with queue.ticket("ada"), queue.ticket("george"), pytest.raises(QueueFull, match="dans quelques minutes"):
        queue.ticket("charles").__enter__()


@pytest.mark.parametrize(("turn", "said"), [(1.0, "dans une minute"), (30.0, "dans 26\u202fminutes environ")])
def test_a_full_queue_says_how_long_all_who_wait_will_take(turn: float, said: str) -> None:
    queue = FairQueue(2, longest=100, turn_s=lambda: turn)
    with ExitStack() as stack:
        for number in range(102):
            stack.enter_context(queue.ticket(f"s-{number}"))
        with pytest.raises(QueueFull, match=said):
            queue.ticket("la 103e").__enter__()


class OnePlace(RuleBasedStateMachine):
    """People come, finish and leave in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = FairQueue(longest=1000, longest_each=1000)
        self.open: dict[Ticket, ExitStack] = {}
        self.served_since: dict[Ticket, list[str]] = {}  # who was served while this first ticket of a person waited

    def served(self) -> list[Ticket]:
        return [ticket for ticket in self.open if ticket.ahead == 0]

    def note_turns(self, before: list[Ticket]) -> None:
        for ticket in self.served():
            if ticket not in before:
                self.served_since.pop(ticket, None)
                for turns in self.served_since.values():
                    turns.append(ticket.subject)

    @rule(subject=st.sampled_from("abc"))
    def come(self, subject: str) -> None:
        before = self.served()
        stack = ExitStack()
        first = all(ticket.subject != subject for ticket in self.open)
        ticket = stack.enter_context(self.queue.ticket(subject))
        self.open[ticket] = stack
        if first and ticket.ahead:
            self.served_since[ticket] = []
        self.note_turns(before)

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        before = self.served()
        ticket = data.draw(st.sampled_from(list(self.open)))
        self.served_since.pop(ticket, None)
        self.open.pop(ticket).close()
        self.note_turns(before)

    @invariant()
    def one_is_served_whenever_someone_is_there(self) -> None:
        assert len(self.served()) == min(1, len(self.open))

    @invariant()
    def nobody_is_served_twice_while_another_waits(self) -> None:
        assert all(len(set(turns)) == len(turns) for turns in self.served_since.values())

    @invariant()
    def places_are_counted_without_a_gap(self) -> None:
        assert sorted(ticket.ahead for ticket in self.open) == list(range(len(self.open)))

    @invariant()
    def ones_own_questions_keep_their_order(self) -> None:
        for subject in "abc":
            own = [ticket.ahead for ticket in self.open if ticket.subject == subject]
            assert own == sorted(own)


TestOnePlace = OnePlace.TestCase
