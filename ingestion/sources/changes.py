"""What a synchronisation changed."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Changes:
    """What a synchronisation changed, in entries; `failed` are names with French reasons."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    renamed: int = 0
    removed: int = 0
    skipped: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """In numbers alone."""
        names = ("added", "changed", "unchanged", "renamed", "removed", "skipped")
        return {name: getattr(self, name) for name in names} | {"failed": len(self.failed)}

    @property
    def is_nothing(self) -> bool:
        """Whether the collection is as it was."""
        return not (self.added or self.changed or self.renamed or self.removed)
