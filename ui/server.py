"""One HTTP server on two doors: the network port for people, the folder's socket for the command line."""

import gc
import socket
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.errors import PortTaken
from ui.french import system_reason
from ui.parting import PartingProtocol
from ui.slow_clients import ImpatientProtocol


class Doors:
    """Sends a request to the application of the door through which it came.

    A Unix socket has no port; that comes from the transport, so no header can feign it.
    """

    def __init__(self, *, web: ASGIApp, control: ASGIApp) -> None:
        self._web = web
        self._control = control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        door = self._control if scope["server"][1] is None else self._web
        await door(scope, receive, send)


class GuestServer(uvicorn.Server):
    """A server inside a command: an interrupt belongs to the command.

    Another command may have come through it meanwhile; it stops when that one is done.
    """

    def __init__(self, application: ASGIApp) -> None:
        super().__init__(configuration(application, grace=None))

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def configuration(application: ASGIApp, grace: int | None = 10) -> uvicorn.Config:
    """Quiet (no request line is ever logged: it could carry a question) and without life-span events.

    At the end, requests under way get `grace` seconds more, or with None all that they need.
    """
    return uvicorn.Config(
        application,
        http=ImpatientProtocol,
        ws=PartingProtocol,
        lifespan="off",
        log_config=None,  # its errors are written as all are (ui/logs.py)
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=grace,
        ws_max_size=2**20,
    )


@contextmanager
def port_bound(host: str, port: int) -> Iterator[socket.socket]:
    """The listening socket. Raises `PortTaken`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise PortTaken(
                f"Le port {port} de {host} n’est pas libre : {system_reason(error)}. "
                "Arrêtez le programme qui l’occupe, ou choisissez un autre port : assistant serve --port 8001."
            ) from error
        listener.listen()
        yield listener


def settle() -> None:
    """Have the garbage collector leave alone what is there now, and stays.

    Each time that it looked through all of it, nobody was answered for 0.2 s and more.
    """
    gc.collect()
    gc.freeze()
