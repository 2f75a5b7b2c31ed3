"""Whose turn it is to use the model.

Invariants:
1. At most `places` people are served at once, and a place never stays free while someone waits.
2. Turns go round by person: while one person waits, no other is served twice. A flood of questions
   delays only the one who asks them. (With several places, the second question of a person who is
   being served comes after everyone who is not.)
3. A person's own questions keep their order.
4. Leaving, for whatever reason, frees the place at once.

One event loop, no locks.
"""

import asyncio
import math
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

from assistant.errors import QueueFull


class Ticket:
    """One question's place in the queue."""

    def __init__(self, queue: "FairQueue", subject: str) -> None:
        self.subject = subject
        self._queue = queue
        self._moved = asyncio.Event()

    @property
    def ahead(self) -> int:
        """How many come first, those being served included; 0 when it is this one's turn."""
        return self._queue.ahead(self)

    async def waiting(self) -> AsyncIterator[int]:
        """`ahead` each time it changes; ends when it is this one's turn."""
        told = 0
        while ahead := self.ahead:
            self._moved.clear()  # before the value is told: what moves while it is being read counts
            if ahead != told:
                told = ahead
                yield ahead
            await self._moved.wait()

    def moved(self) -> None:
        """Wake whoever follows this ticket."""
        self._moved.set()


class FairQueue:
    """Gives turns, round-robin by subject. `longest` waiting in all, `longest_each` of one subject.

    `turn_s` tells how many seconds a turn took of late; None where nobody knows.
    """

    def __init__(
        self,
        places: int = 1,
        *,
        longest: int = 100,
        longest_each: int = 5,
        turn_s: Callable[[], float | None] = lambda: None,
    ) -> None:
        self._places = places
        self._turn_s = turn_s
        self._longest = longest
        self._longest_each = longest_each
        self._served: list[Ticket] = []
        # Subjects in the order of their turns, each with its waiting tickets, oldest first.
        self._waiting: dict[str, list[Ticket]] = {}

    @property
    def served(self) -> int:
        """How many are served now."""
        return len(self._served)

    @property
    def waiting(self) -> int:
        """How many wait now."""
        return sum(map(len, self._waiting.values()))

    @contextmanager
    def ticket(self, subject: str) -> Iterator[Ticket]:
        """Queue up; leaving the block leaves the queue, or gives the turn back. Raises `QueueFull`."""
        self._check_room(subject)
        ticket = Ticket(self, subject)
        self._waiting.setdefault(subject, []).append(ticket)
        self._advance()
        try:
            yield ticket
        finally:
            self._remove(ticket)
            self._advance()

    def ahead(self, ticket: Ticket) -> int:
        """How many come before this ticket, if nobody else arrives or leaves."""
        if ticket in self._served:
            return 0
        return len(self._served) + self._order().index(ticket)

    def _check_room(self, subject: str) -> None:
        if len(self._waiting.get(subject, ())) >= self._longest_each:
            raise QueueFull(
                "Vous avez déjà trop de questions en attente. Attendez une réponse avant d’en poser d’autres."
            )
        if self.waiting >= self._longest:
            raise QueueFull(f"Trop de questions sont en attente. Reposez la vôtre dans {self._patience}.")

    @property
    def _patience(self) -> str:
        """Until all who wait now have been served."""
        turn = self._turn_s()
        if turn is None:
            return "quelques minutes"
        minutes = math.ceil(turn * (self.waiting + self.served) / self._places / 60)
        return "une minute" if minutes <= 1 else f"{minutes}\u202fminutes environ"

    def _advance(self) -> None:
        """Fill the free places, then tell everyone who waits."""
        while self._waiting and len(self._served) < self._places:
            ticket = self._order()[0]
            self._remove(ticket)
            self._served.append(ticket)
            ticket.moved()
            if ticket.subject in self._waiting:  # the others of this person go to the end
                self._waiting[ticket.subject] = self._waiting.pop(ticket.subject)
        for tickets in self._waiting.values():
            for ticket in tickets:
                ticket.moved()

    def _remove(self, ticket: Ticket) -> None:
        if ticket in self._served:
            self._served.remove(ticket)
            if ticket.subject in self._waiting:
                self._waiting[ticket.subject] = self._waiting.pop(ticket.subject)
        elif ticket in (tickets := self._waiting.get(ticket.subject, [])):
            tickets.remove(ticket)
            if not tickets:
                del self._waiting[ticket.subject]

    def _order(self) -> list[Ticket]:
        """All who wait, in the order of their turns: round by round, in each round one of each person."""
        busy = Counter(ticket.subject for ticket in self._served)
        subjects = sorted(self._waiting, key=lambda subject: busy[subject])
        rounds = [
            (round_, turn, ticket)
            for turn, subject in enumerate(subjects)
            for round_, ticket in enumerate(self._waiting[subject])
        ]
        return [ticket for _, _, ticket in sorted(rounds, key=lambda place: place[:2])]
