"""Routes of pages: what goes wrong in one of them, and is expected, becomes a page."""

from collections.abc import Callable
from typing import Any

import psycopg
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from ui.errors import PageUnknown, UiError, ValueUnexpected
from ui.failures import EXPECTED


def failing_as_page(failed: Callable[[Exception, str], Response]) -> type[APIRoute]:
    """Of a router whose errors are answered by `failed`, which is given the path that was asked for."""

    class PageRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Any]:
            handle = super().get_route_handler()

            async def handled(request: Request) -> Response:
                try:
                    return await handle(request)
                except psycopg.DataError as error:
                    return failed(_unheld(request, error), request.url.path)
                except EXPECTED as error:
                    return failed(error, request.url.path)
                except RequestValidationError as error:
                    return failed(_malformed(error), request.url.path)

            return handled

    return PageRoute


def _malformed(error: RequestValidationError) -> UiError:
    """What cannot stand in a path is no page; of the rest, the names are told, and never the values."""
    places = [one["loc"] for one in error.errors()]
    if any(place[0] == "path" for place in places):
        return PageUnknown()
    return ValueUnexpected(list(dict.fromkeys(str(place[-1]) for place in places)))


def _unheld(request: Request, error: psycopg.DataError) -> Exception:
    """The database holds no text with a NUL; what it refuses for another reason is a failure of its own."""
    if any("\0" in str(value) for value in request.path_params.values()):
        return PageUnknown()
    names = [name for name, value in request.query_params.multi_items() if "\0" in value]
    return ValueUnexpected(names) if names else error
