"""The body of a form that a browser sends."""

from urllib.parse import parse_qsl

from fastapi import Request

from ui.errors import RequestMalformed, RequestTooLarge
from ui.request_body import request_body

FIELDS = 500  # more than any page has


async def form_pairs(request: Request, longest: int) -> list[tuple[str, str]]:
    """Names and values of a body (`application/x-www-form-urlencoded`) of so many bytes at most.

    Raises `RequestMalformed`.
    """
    try:
        body = await request_body(request, longest)
    except RequestTooLarge as error:
        raise RequestMalformed(
            f"Ce que vous avez rempli dépasse {longest // 2**20} Mio. Joignez le texte à la conversation comme "
            "fichier, puis choisissez-le ici."
        ) from error
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS)
    except ValueError as error:  # no UTF-8, or too many fields
        raise RequestMalformed("Cette demande n’est pas celle d’un formulaire d’ici. Rechargez la page.") from error
