"""Files of conversations, kept in memory."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from ingestion import AttachedFile, AttachmentNotFound, FileState, NotTaken, Offered
from ingestion.attachment import Done, Received
from ingestion.attachments import AttachEvent
from policies import Principal
from retrieval.corpus import DocumentText


class HeldFiles:
    """One whose name has «illisible» in it fails, one with «refusé» is not taken; others have three passages."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, UUID], list[AttachedFile]] = {}
        self.received: list[bytes] = []
        self.erased = 0

    async def add(
        self, principal: Principal, conversation_id: UUID, files: Sequence[Offered]
    ) -> AsyncGenerator[AttachEvent, None]:
        """Take them one after the other, then read them."""
        held = self.held.setdefault((principal.subject, conversation_id), [])
        for offered in files:
            self.received.append(offered.path.read_bytes())
            if "refusé" in offered.name:
                yield NotTaken(offered.name, f"{offered.name}\u202f: ce fichier est protégé par un mot de passe.")
            else:
                held.append(AttachedFile(uuid4(), offered.name, FileState.READING))
                yield Received(held[-1])
        for place, file in enumerate(held):
            if file.state is FileState.READING:
                failed = "illisible" in file.name
                held[place] = (
                    replace(file, state=FileState.FAILED, reason="Le fichier est abîmé. Enregistrez-le de nouveau.")
                    if failed
                    else replace(file, state=FileState.READY, passages=3)
                )
                yield Done(held[place])

    async def files(self, principal: Principal, conversation_id: UUID) -> list[AttachedFile]:
        """In order."""
        return list(self.held.get((principal.subject, conversation_id), ()))

    async def texts(self, principal: Principal, conversation_id: UUID) -> list[DocumentText]:
        """None: nothing is read."""
        return []

    async def remove(self, principal: Principal, conversation_id: UUID, file_id: UUID) -> None:
        """One of these."""
        held = self.held.get((principal.subject, conversation_id), [])
        if file_id not in {file.id for file in held}:
            raise AttachmentNotFound
        held[:] = [file for file in held if file.id != file_id]

    async def erase(self) -> None:
        """Counts how often it is asked to."""
        self.erased += 1
