"""Whether what was found is worth asking a model about."""

from assistant.evidence import EvidenceSettings
from policies import Principal
from retrieval import Search
from tests.retrieval.small_corpus import Corpus


async def test_a_text_that_the_question_names_is_evidence_whatever_its_words(
    search: Search, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Droit", {"Code de la sécurité sociale, article L162-5-3": "Les honoraires sont fixés."})
    strict = EvidenceSettings(similarity=1.0, coverage=1.0)
    assert strict.suffice(await search.search(agent, "que dit l'art. L162-5-3 CSS ?"))
    assert not strict.suffice(await search.search(agent, "que dit l'art. L162-9 CSS ?"))
