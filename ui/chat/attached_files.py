"""The files of a conversation as the chat lists them: while they are read, and when it is opened again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import assert_never
from uuid import UUID

from ingestion import AttachedFile, FileState, Notice, NotTaken
from ingestion.attachment import Done, Received
from ingestion.attachments import AttachEvent
from retrieval.catalog import ATTACHED_FILES
from ui.chat.answer_markdown import plain
from ui.chat.steps import Step, notice_step


@dataclass(slots=True)
class FileList:
    """What is known of a conversation's files; `coming` are the names of those to be received, in their order."""

    files: dict[UUID, AttachedFile]
    coming: list[str] = field(default_factory=list)
    refused: list[NotTaken] = field(default_factory=list)
    notice: str = ""

    @classmethod
    def of(cls, files: Iterable[AttachedFile], coming: Sequence[str] = ()) -> "FileList":
        """These files, and those to come."""
        return cls({file.id: file for file in files}, list(coming))

    def learn(self, event: AttachEvent) -> None:
        """Take in what happened."""
        match event:
            case Received(file=file):
                self.coming = self.coming[1:]
                self.files[file.id] = file
            case NotTaken():
                self.coming = self.coming[1:]
                self.refused.append(event)
            case Done(file=file):
                self.files[file.id] = file
            case Notice(message=message):
                self.notice = message
            case _:
                assert_never(event)

    def markdown(self) -> str:
        """A line for each file: how far it is, or why it serves for nothing."""
        serving = sum(file.state is not FileState.FAILED for file in self.files.values()) + len(self.coming)
        lines = [
            *(_line(file) for file in self.files.values()),
            *(f"{plain(name)}\u202f: envoi…" for name in self.coming),
            *(_refusal(one.name, one.reason) for one in self.refused),
        ]
        listed = "\n".join(f"- {line}" for line in lines)
        notice = f"*{plain(self.notice)}*" if self.notice else ""
        return "\n\n".join(part for part in (f"**{ATTACHED_FILES} ({serving})**", listed, notice) if part)


def files_id(conversation_id: UUID) -> str:
    """The id of the list; by its beginning the page knows that this is no answer."""
    return f"files-{conversation_id}"


def files_step(conversation_id: UUID, known: FileList, exchange_id: UUID | None = None) -> Step:
    """The list, as a message; in an exchange where its files came with a question."""
    step = notice_step(conversation_id, conversation_id, known.markdown())
    return step | {"id": files_id(conversation_id), "parentId": str(exchange_id) if exchange_id else None}


def _line(file: AttachedFile) -> str:
    why = f" — {plain(file.reason)}" if file.reason else ""
    match file.state:
        case FileState.READING:
            return f"{plain(file.name)}\u202f: lecture…{why}"
        case FileState.READY:
            passages = f"{file.passages} passage{'s' if file.passages > 1 else ''}"
            return f"{plain(file.name)}\u202f: prêt ({passages}){why}"
        case FileState.FAILED:
            return _refusal(file.name, file.reason)
        case _:
            assert_never(file.state)


def _refusal(name: str, reason: str) -> str:
    """A reason may begin with the name already."""
    return f"{plain(name)}\u202f: **inutilisable** — {plain(reason.removeprefix(name).lstrip(' :' + chr(0x202F)))}"
