"""What is told while an import goes on, and at its end."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` files and records are dealt with; `name` is the latest."""

    done: int
    total: int
    name: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that keeps the import from going on for now, as a French sentence."""

    message: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What changed in the collection, said once all of it is durable.

    `failed` and `skipped` are (name, reason) pairs; the reasons are French sentences. Failed ones were
    meant to be imported and are not found by any search; skipped ones are no documents. `waiting` ones were
    received and are for the workers to do; `held` ones, by name, are in quarantine until a person decides.
    """

    added: int
    changed: int
    unchanged: int
    failed: list[tuple[str, str]]
    skipped: list[tuple[str, str]]
    waiting: int = 0
    held: list[str] = field(default_factory=list)
