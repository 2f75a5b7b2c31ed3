"""Routes of pages: what goes wrong in one of them, and is expected, becomes a page."""

from collections.abc import Callable
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from ui.failures import EXPECTED


def failing_as_page(failed: Callable[[Exception, str], Response]) -> type[APIRoute]:
    """Of a router whose errors are answered by `failed`, which is given the path that was asked for."""

    class PageRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Any]:
            handle = super().get_route_handler()

            async def handled(request: Request) -> Response:
                try:
                    return await handle(request)
                except EXPECTED as error:
                    return failed(error, request.url.path)

            return handled

    return PageRoute
