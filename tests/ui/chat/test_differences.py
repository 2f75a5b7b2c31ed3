"""Two versions side by side: what changed is bold, and nothing of the texts lives."""

from dataclasses import replace
from uuid import UUID, uuid4

from inline_snapshot import snapshot
from markdown_it import MarkdownIt

from assistant.conversation import Exchange, Reply, Source
from assistant.conversations import Conversations
from assistant.tasks.difference import Difference, Quotation
from policies.audit.postgres import PostgresLedger
from policies.principal import Principal
from ui.chat.passage_links import PassageLinks
from ui.chat.steps import answer_step
from ui.database import Pool

COLLECTION = UUID("00000000-0000-0000-0000-000000000001")
SOURCE = Source(COLLECTION, "Aide", "a.md", 1, "Ancienne", (), None, 0, 9)
CHANGED = Difference(
    Quotation("Le congé dure 16 semaines.", 1),
    Quotation("Le congé dure 18 semaines.", 2),
    place="Article 2",
    figures=True,
    words=(((14, 16),), ((14, 16),)),
)
ADDED = Difference(None, Quotation("Il est payé.", 2))
HOSTILE = Difference(
    Quotation("a | b <img src=x> ![p](http://mal.invalid/x) http://bon.fr|http://mal.invalid **x** # _y_ `z`\n", 1),
    None,
    place="| [t](http://mal.invalid)",
    words=(((0, 6), (4, 40)), ()),
)
REPLY = Reply("- «\u202fLe congé…\u202f» [1]", (SOURCE, replace(SOURCE, title="Nouvelle")))


def shown(links: PassageLinks, *differences: Difference) -> str:
    output = answer_step(uuid4(), uuid4(), replace(REPLY, differences=differences), links)["output"]
    html: str = MarkdownIt("gfm-like", {"linkify": False}).render(output)
    return html


def test_both_quotations_stand_in_one_row_and_what_changed_is_bold(links: PassageLinks) -> None:
    html = shown(links, CHANGED, ADDED)
    assert html.count("<tr>") == 3
    for part in (
        "<strong>2 différences</strong>",
        "<td>Chiffre, date ou article changé, Article 2</td>",
        "Le congé dure <strong>16</strong> semaines. <a href=",
        "Le congé dure <strong>18</strong> semaines. <a href=",
        "<td>Ajouté</td>\n<td>—</td>\n<td>Il est payé. <a href=",
    ):
        assert part in html, part


def test_nothing_of_the_texts_lives_and_no_row_is_broken(links: PassageLinks) -> None:
    html = shown(links, HOSTILE)
    assert html.count("<td>") == 3
    assert html.count("<a ") == 1
    assert "/passage?" in html
    assert "<img" not in html
    assert html.count("<strong>") == 2  # the count of differences, and none of the text's own stars
    assert "http://bon.fr%7Chttp://mal.invalid" in html


async def test_differences_are_kept_with_the_answer(pool: Pool, agent: Principal) -> None:
    conversations, conversation, exchange = Conversations(PostgresLedger()), uuid4(), uuid4()
    reply = replace(REPLY, differences=(CHANGED, ADDED))
    async with pool.connection() as connection:
        await conversations.ask(connection, agent, conversation, exchange, "Comparaison")
        await conversations.reply(connection, agent, exchange, reply)
        kept: list[Exchange] = await conversations.exchanges(connection, agent, conversation, frozenset({COLLECTION}))
    assert kept[0].reply == reply


def test_the_table_reads_row_by_row(links: PassageLinks) -> None:
    output = answer_step(uuid4(), uuid4(), replace(REPLY, differences=(ADDED,)), links)["output"]
    assert output.split("/passage?")[0] == snapshot("""\
**1 différence.**

| Quoi, où | Ancienne version | Nouvelle version |
| --- | --- | --- |
| Ajouté | — | Il est payé. [\\[2\\]](\
""")
