"""Conversations, and single answers, as files: for their owner alone, recorded before they are given."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Response

from assistant.conversation import Conversation, Exchange
from assistant.conversations import Conversations
from assistant.errors import ConversationNotFound
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.catalog import Catalog
from retrieval.corpus import DocumentMetadata
from retrieval.errors import DocumentNotFound
from retrieval.search import today
from ui.chat.exchanges import ReadableExchanges
from ui.chat.ports import Readable
from ui.database import Pool
from ui.export.content import Exported, Key, exported, key
from ui.export.docx import docx
from ui.export.markdown import markdown
from ui.export.odt import odt
from ui.failures import EXPECTED, failure_of
from ui.identity import Caller
from ui.pages import Notice, error_page

PATH = "/conversation/{conversation_id}/export"

FORMATS: dict[str, tuple[Callable[[Exported], bytes], str]] = {
    "docx": (docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "odt": (odt, "application/vnd.oasis.opendocument.text"),
    "md": (markdown, "text/markdown; charset=utf-8"),
}


@dataclass(frozen=True, slots=True)
class ExportServices:
    """What the files are made from; `caller` is who asks for them."""

    caller: Caller
    pool: Pool
    search: Readable
    conversations: Conversations
    catalog: Catalog
    ledger: Ledger
    notice: Notice


def export_router(services: ExportServices) -> APIRouter:
    """The route of the files."""
    router = APIRouter()

    @router.get(PATH)
    async def export(conversation_id: str, format: str = "docx", exchange: str = "") -> Response:  # noqa: A002
        if format not in FORMATS:
            message = "Ce format n’existe pas. Choisissez docx, odt ou md."
            return error_page(services.notice, 422, "Format inconnu", message)
        try:
            conversation, exchanges = await _kept(services, conversation_id, exchange)
            known = await _known(services, exchanges)
            content = exported(conversation.title, exchanges, known, today())
            write, media_type = FORMATS[format]
            file = await asyncio.to_thread(write, content)
            await _record(services, conversation, exchanges, format)
        except EXPECTED as error:
            failure = failure_of(error)
            return error_page(services.notice, failure.status, "Export impossible", failure.message)
        headers = {
            "Content-Disposition": f'attachment; filename="{content.name}.{format}"',
            "Cache-Control": "no-store",
        }
        return Response(file, media_type=media_type, headers=headers)

    return router


async def _kept(
    services: ExportServices, conversation_id: str, exchange_id: str
) -> tuple[Conversation, list[Exchange]]:
    """The conversation with all its exchanges, or with the one that is named. Raises `ConversationNotFound`."""
    person = await services.caller()
    named, wanted = _identifier(conversation_id), _identifier(exchange_id) if exchange_id else None
    async with services.pool.connection() as connection:
        conversation = await services.conversations.conversation(connection, person, named)
    exchanges = await ReadableExchanges(services.pool, services.conversations, services.search).of(person, named)
    exchanges = [one for one in exchanges if wanted in (None, one.id)]
    if wanted and not exchanges:
        raise ConversationNotFound
    return conversation, exchanges


async def _known(services: ExportServices, exchanges: Sequence[Exchange]) -> dict[Key, DocumentMetadata]:
    """What the catalogue says of the documents that readable answers stand on; nothing of those that are gone."""
    replies = [one.reply for one in exchanges if one.reply]
    known: dict[Key, DocumentMetadata] = {}
    async with services.pool.connection() as connection:
        for wanted in {key(source) for reply in replies for source in reply.sources}:
            try:
                known[wanted] = (await services.catalog.text(connection, *wanted)).metadata
            except DocumentNotFound:
                continue
    return known


async def _record(
    services: ExportServices, conversation: Conversation, exchanges: Sequence[Exchange], written: str
) -> None:
    person: Principal = await services.caller()
    ids: list[Json] = [str(one.id) for one in exchanges]
    details: dict[str, Json] = {"conversation": str(conversation.id), "exchanges": ids, "format": written}
    async with services.pool.connection() as connection:
        await services.ledger.append(connection, Event(Act.CONVERSATION_EXPORTED, person, details))


def _identifier(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise ConversationNotFound from error
