"""Files attached to a conversation: for its owner alone, for this conversation alone, and gone with it."""

from collections.abc import AsyncGenerator, Sequence
from uuid import UUID

from ingestion.attachment import AttachedFile, Done, NotTaken, Offered, Received
from ingestion.progress import Notice
from policies import Principal
from retrieval.corpus import DocumentText

AttachEvent = Received | NotTaken | Notice | Done


class Attachments:
    """The files of a person's conversations. The conversation need not have begun."""

    async def add(
        self, principal: Principal, conversation_id: UUID, files: Sequence[Offered]
    ) -> AsyncGenerator[AttachEvent, None]:
        """Attach these; one that is not taken, or that fails, does not keep the others out.

        Of each file comes either `NotTaken`, or `Received` and later `Done`. Once all `Received` have come the paths
        may be removed; workers go on with what was received when nobody listens any more. Raises
        `ConversationClosed`, `DiskFull`, `BlobsUnavailable`, `LedgerUnavailable`.
        """
        raise NotImplementedError
        yield

    async def files(self, principal: Principal, conversation_id: UUID) -> list[AttachedFile]:
        """The files, in the order in which they came; none where the conversation has none, or is someone else's."""
        raise NotImplementedError

    async def texts(self, principal: Principal, conversation_id: UUID) -> list[DocumentText]:
        """The texts of those that are ready, in the same order; several of a file that holds others."""
        raise NotImplementedError

    async def remove(self, principal: Principal, conversation_id: UUID, file_id: UUID) -> None:
        """Take one away, with all that is kept of it. Raises `AttachmentNotFound`, `IndexUnavailable`."""
        raise NotImplementedError

    async def remove_all(self, principal: Principal, conversation_id: UUID) -> int:
        """Take all of them away; gives how many there were. Raises `IndexUnavailable`."""
        raise NotImplementedError

    async def erase(self) -> None:
        """Take out of the index what conversations that were deleted have left there: call it after a deletion.

        What a crash keeps from being erased cannot be found, and is erased in the night. Raises `IndexUnavailable`.
        """
        raise NotImplementedError
