"""The page of one record: its fields under pseudonyms, its proof, what stands around it."""

import base64
from dataclasses import replace
from typing import Any
from uuid import UUID

from policies import Act, Role
from policies.audit.checkpoint import Checkpoint
from policies.audit.merkle import verify_inclusion
from policies.audit.note import VerifyingKey, opened
from tests.ui.review.conftest import CLAIRE, JEAN, NAMES, Review
from ui.database_roles import as_owner

EXCHANGE = str(UUID(int=7))
REWRITE = "update ledger_record set body = convert_to(replace(convert_from(body, 'UTF8'), '16', '17'), 'UTF8')"


async def _signed(review: Review) -> None:
    """A question, its answer, somebody's session ended; all signed."""
    passages = [{"collection_id": str(UUID(int=1)), "document_id": "note.pdf", "version": 1, "score": 0.16}]
    await review.did(Act.QUESTION_ASKED, content="Combien ?", answer_id=EXCHANGE, passages=passages)
    await review.did(Act.ANSWER_GIVEN, answer_id=EXCHANGE, refused=True, cited=passages)
    await review.did(Act.SESSION_REVOKED, CLAIRE, session=str(UUID(int=3)), subject=JEAN.subject)
    await review.auditing.checkpoints.take()


async def test_a_record_shows_its_fields_its_documents_and_the_same_answer_under_pseudonyms(review: Review) -> None:
    await _signed(review)
    page = await review.get("/enregistrements/1")
    assert page.status_code == 200
    assert "Enregistrement n°&nbsp;1&#8239;: Réponse donnée" in page.text
    for shown in ("Refus de répondre", "0,16", "note.pdf", "Qui l’a vu, qui pouvait le voir", "La même réponse"):
        assert shown in page.text
    assert page.text.count("/audit/enregistrements/0") >= 2
    assert Role.AGENT in page.text
    assert not any(name in page.text for name in NAMES)
    about = await review.get("/enregistrements/2")
    assert f"?about={review.auditing.pseudonyms.of(JEAN.subject)}" in about.text
    assert not any(name in about.text for name in NAMES)


async def test_what_was_done_in_the_same_session_is_marked_and_leads_to_all_of_it(review: Review) -> None:
    sessions = [str(UUID(int=number)) for number in (5, 6)]
    for session in (sessions[0], sessions[0], sessions[1]):
        await review.did(Act.GROUPS_LISTED, replace(JEAN, session=session), groups=1)
    page = (await review.get("/enregistrements/1")).text
    assert [line.count("même session") for line in page.split("La même personne")[1].split("</li>")[:2]] == [0, 1]
    assert page.count("même session") == 1
    assert f'href="/a/audit?session={sessions[0]}"' in page
    listed = (await review.get(f"?session={sessions[0]}")).text
    assert [f'/enregistrements/{index}"' in listed for index in range(3)] == [True, True, False]


async def test_the_look_is_recorded(review: Review) -> None:
    await _signed(review)
    await review.get("/enregistrements/1")
    act, details = (await review.acts())[-1]
    assert (act, details["record"]) == (Act.REVIEW_RECORD_OPENED, 1)


async def test_the_proof_is_verified_shown_and_given_without_the_record(review: Review) -> None:
    await _signed(review)
    assert "Vérifiée</span>" in (await review.get("/enregistrements/1")).text
    file = await review.get("/enregistrements/1/preuve")
    assert file.headers["content-disposition"] == 'attachment; filename="preuve-1.json"'
    assert not any(name in file.text for name in NAMES)
    proof = file.json()
    keys = [VerifyingKey.parse(key) for key in proof["keys"]]
    checkpoint = Checkpoint.parse(opened(proof["checkpoint"], keys).text)
    path = [base64.b64decode(one) for one in proof["path"]]
    verify_inclusion(base64.b64decode(proof["leaf"]), proof["index"], checkpoint.size, path, checkpoint.root)
    assert (await review.acts())[-1][0] == Act.REVIEW_EXPORTED


async def test_a_record_that_was_rewritten_says_that_its_proof_does_not_hold(review: Review) -> None:
    await _signed(review)
    async with as_owner(review.pool) as connection:
        await connection.execute("set local session_replication_role = replica")
        await connection.execute(REWRITE)
    page = await review.get("/enregistrements/1")
    assert "La preuve ne tient pas" in page.text
    assert "Vérifiée</span>" not in page.text


async def test_a_record_that_is_not_signed_yet_says_so_and_has_no_proof_to_give(review: Review) -> None:
    await review.did(Act.SIGNED_IN)
    assert "Aucun point de contrôle ne couvre encore" in (await review.get("/enregistrements/0")).text
    assert (await review.get("/enregistrements/0/preuve")).status_code == 404


async def test_a_record_that_is_not_there_and_a_number_that_is_none_are_told(review: Review) -> None:
    for index, status in (("7", 404), ("-1", 422), ("1%27--", 422), ("9" * 30, 422)):
        page = await review.get(f"/enregistrements/{index}")
        assert page.status_code == status
        assert 'role="alert"' in page.text
    assert await review.acts() == []


async def test_a_record_of_rules_lists_and_counts_is_shown_whole(review: Review) -> None:
    difference = [{"rule": "agent-reads", "change": "changed", "before": "a" * 64, "after": "b" * 64}]
    await review.did(Act.RULES_LOADED, in_force="c" * 64, changed=True, difference=difference)
    purged: dict[str, Any] = {"from": 0, "to": 90, "kept": [[3, 4], [7, 7]], "records": 88}
    await review.did(Act.LEDGER_PURGED, **purged)
    assert "agent-reads" in (await review.get("/enregistrements/0")).text
    assert "n°&nbsp;3</a>–<a" in (await review.get("/enregistrements/1")).text
