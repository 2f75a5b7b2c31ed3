"""The end of a page's socket that is told to come back: what it sent before it heard so is still taken."""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

COME_BACK = 1012
"""The status of a close that says so (RFC 6455's registry: service restart)."""

AGREES_S = 10.0  # within which the other side agrees to close


class PartingProtocol(WebSocketsSansIOProtocol):
    """One connection. Uvicorn itself throws away what comes once it has begun to close."""

    async def send(self, message: Any) -> None:
        """The same, but for a close with the status `COME_BACK`."""
        told = message["type"] == "websocket.close" and message.get("code") == COME_BACK
        if not told or not self.handshake_complete or self.close_sent or self.transport.is_closing():
            await super().send(message)
            return
        self.stop_keepalive()
        self.conn.send_close(COME_BACK)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.loop.call_later(AGREES_S, self._give_up)

    def _give_up(self) -> None:
        """The other side does not agree."""
        if not self.transport.is_closing():
            self.queue.put_nowait({"type": "websocket.disconnect", "code": COME_BACK})
            self.transport.close()
