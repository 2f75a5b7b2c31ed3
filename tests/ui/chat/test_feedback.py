"""What a reader thinks of an answer that is not there, or of somebody else's."""

from typing import Any
from uuid import UUID

import httpx
import pytest


@pytest.mark.parametrize("answer", [str(UUID(int=1)), "x", ""])
async def test_of_an_answer_that_is_not_there_the_page_is_told_so_in_french(
    mounted: httpx.AsyncClient, answer: str
) -> None:
    given = {"feedback": {"forId": answer, "value": 1, "comment": "Utile"}, "sessionId": "x"}
    requests: tuple[tuple[str, Any], ...] = (("PUT", given), ("DELETE", {"feedbackId": answer}))
    for method, body in requests:
        response = await mounted.request(method, "/feedback", json=body)
        assert response.status_code == 404
        assert "Cette réponse n’existe pas" in response.text
