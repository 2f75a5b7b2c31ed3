"""What a follow-up question is understood as, and which questions stay as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Turn
from assistant.follow_up.stand_alone import stand_alone
from retrieval.question import QUESTION_LENGTH

NARROWED = [
    ("Quel est le délai de préavis pour les fonctionnaires ?", "Et pour les contractuels ?",
     "Quel est le délai de préavis pour les contractuels ?"),
    ("Quels sont les congés des fonctionnaires ?", "Et pour les contractuels ?",
     "Quels sont les congés pour les contractuels ?"),
    ("Quelle est la durée du congé de maternité ?", "Quid des contractuels ?",
     "Quelle est la durée du congé de maternité des contractuels ?"),
    ("Quelle est la durée du congé de maternité ?", "Les contractuels aussi ?",
     "Quelle est la durée du congé de maternité pour les contractuels ?"),
    ("Un fonctionnaire peut-il cumuler deux emplois ?", "Et un contractuel ?",
     "Un contractuel peut-il cumuler deux emplois ?"),
    ("Quelles aides pour les personnes âgées ?", "Et pour les étudiants ?", "Quelles aides pour les étudiants ?"),
    ("Quel est le montant du RSA pour un couple ?", "Et pour une personne seule ?",
     "Quel est le montant du RSA pour une personne seule ?"),
    ("Qui a droit au RSA ?", "Et les jeunes de moins de 25 ans ?",
     "Qui a droit au RSA pour les jeunes de moins de 25 ans ?"),
    ("Quel est le délai de préavis pour un CDI ?", "Et en CDD ?", "Quel est le délai de préavis en CDD ?"),
    ("Quel est le montant de l’AAH en 2023 ?", "Et en 2024 ?", "Quel est le montant de l’AAH en 2024 ?"),
    ("Quel est le montant de l’AAH ?", "Et en 2023 ?", "Quel est le montant de l’AAH en 2023 ?"),
    ("Quel est le montant de l’AAH ?", "En 2023 ?", "Quel est le montant de l’AAH en 2023 ?"),
    ("Quelle est la durée du congé de maternité au 1er mars 2023 ?", "Et au 2 avril 2022 ?",
     "Quelle est la durée du congé de maternité au 2 avril 2022 ?"),
    ("Comment contester une décision de la CAF ?", "Et en Corse ?",
     "Comment contester une décision de la CAF en Corse ?"),
    ("Comment contester une décision de la CAF à Mayotte ?", "Et à La Réunion ?",
     "Comment contester une décision de la CAF à La Réunion ?"),
    ("Quelle est la durée du congé de maternité dans le privé ?", "Et dans la fonction publique ?",
     "Quelle est la durée du congé de maternité dans la fonction publique ?"),
    ("Quelle est la durée du congé de maternité ?", "Et pour des jumeaux ?",
     "Quelle est la durée du congé de maternité pour des jumeaux ?"),
    ("Comment déclarer un accident du travail ?", "Et si l’employeur refuse ?",
     "Comment déclarer un accident du travail si l’employeur refuse ?"),
    ("Comment déclarer un accident du travail ?", "En cas de retard ?",
     "Comment déclarer un accident du travail en cas de retard ?"),
    ("Quel est le délai de préavis pour les fonctionnaires en 2022 ?", "Et pour les contractuels en 2024 ?",
     "Quel est le délai de préavis pour les contractuels en 2024 ?"),
]  # fmt: skip

OF_ANOTHER_THING = [
    ("Quel est le montant de l’AAH ?", "Et le RSA ?", "Quel est le montant (le RSA) ?"),
    ("Quel est le montant de l’AAH ?", "Et pour le RSA ?", "Quel est le montant (le RSA) ?"),
    ("Quel est le montant de l’AAH en 2023 ?", "Et la prime d’activité ?",
     "Quel est le montant (la prime d’activité en 2023) ?"),
    ("Quelle est la durée du congé de maternité ?", "Et pour le congé de paternité ?",
     "Quelle est la durée (le congé de paternité) ?"),
    ("Quelle est la durée du congé de maternité ?", "Qu’en est-il du congé de paternité ?",
     "Quelle est la durée (congé de paternité) ?"),
]  # fmt: skip

WITH_ITS_TOPIC = [
    ("Combien de jours dure le congé de proche aidant ?", "Quel est le délai ?",
     "Quel est le délai (congé de proche aidant) ?"),
    ("Qui peut bénéficier du congé de proche aidant ?", "Qui l’accorde ?", "Qui l’accorde (congé de proche aidant) ?"),
    ("Comment demander une carte de stationnement ?", "Combien coûte-t-elle ?",
     "Combien coûte-t-elle (carte de stationnement) ?"),
    ("Comment demander une carte de stationnement ?", "Combien ça coûte ?",
     "Combien ça coûte (carte de stationnement) ?"),
    ("Qu’est-ce que l’AAH ?", "Comment la demander ?", "Comment la demander (AAH) ?"),
    ("Quelles sont les conditions pour obtenir l’AAH ?", "Et la durée ?", "La durée (AAH) ?"),
    ("Quelles sont les conditions pour obtenir l’AAH ?", "Quelles sont les sanctions ?",
     "Quelles sont les sanctions (AAH) ?"),
    ("Comment obtenir une carte Vitale ?", "Combien de temps ?", "Combien de temps (carte Vitale) ?"),
    ("Comment obtenir une carte Vitale ?", "Quels documents ?", "Quels documents (carte Vitale) ?"),
    ("Comment obtenir une carte Vitale ?", "Est-elle gratuite ?", "Est-elle gratuite (carte Vitale) ?"),
    ("Comment obtenir une carte Vitale ?", "Est-ce gratuit ?", "Est-ce gratuit (carte Vitale) ?"),
    ("Comment obtenir une carte Vitale ?", "Où s’adresser ?", "Où s’adresser (carte Vitale) ?"),
    ("Comment obtenir une carte Vitale ?", "Comment contester ?", "Comment contester (carte Vitale) ?"),
    ("Quelle est la durée du congé de maternité ?", "Peut-on le prolonger ?",
     "Peut-on le prolonger (congé de maternité) ?"),
    ("Quelle est la durée du congé de maternité ?", "Peut-on y renoncer ?",
     "Peut-on y renoncer (congé de maternité) ?"),
    ("Quelle est la durée du congé de maternité ?", "Combien dure ce congé pour une naissance multiple ?",
     "Combien dure ce congé pour une naissance multiple (congé de maternité) ?"),
    ("Qui a droit au RSA ?", "Pourquoi ?", "Pourquoi (RSA) ?"),
    ("Qui a droit au RSA ?", "Qui en bénéficie ?", "Qui en bénéficie (RSA) ?"),
    ("Qui a droit au RSA en 2023 ?", "Qui en bénéficie en 2024 ?", "Qui en bénéficie en 2024 (RSA) ?"),
    ("Qui a droit au RSA ?", "Quel est son montant maximal ?", "Quel est son montant maximal (RSA) ?"),
    ("Qui a droit au RSA ?", "Cette aide est-elle imposable ?", "Cette aide est-elle imposable (RSA) ?"),
    ("Qui a droit au RSA ?", "Peut-il être cumulé avec l’AAH ?", "Peut-il être cumulé avec l’AAH (RSA) ?"),
    ("Qui a droit au RSA ?", "Que se passe-t-il en cas de refus ?", "Que se passe-t-il en cas de refus (RSA) ?"),
]  # fmt: skip

STANDING_ALONE = [
    "Comment contester un refus de RSA ?",
    "Quel est le montant de la prime d’activité ?",
    "Un salarié peut-il refuser une mutation ?",
    "Faut-il une ordonnance pour consulter un kinésithérapeute ?",
    "Qu’est-ce que l’AAH ?",
    "C’est quoi le CSE ?",
    "Comment renouveler sa carte Vitale ?",
    "Et comment demander une carte mobilité inclusion ?",
    "Est-il possible de cumuler deux emplois ?",
    "Que faire en cas de discrimination ?",
    "Quittance de loyer : comment l’obtenir ?",
    "Pause déjeuner du salarié : quelles sont les règles ?",
    "Quels sont les jours fériés ?",
    "congé maternité",
    "Un agent public a-t-il droit à un congé pour déménagement ?",
    "Si je prends des congés pendant mon préavis, ce dernier est-il réduit ?",
    "Peut-on fumer en voiture ?",
    "Quelle est la durée du préavis de licenciement ?",
]


@pytest.mark.parametrize(("before", "question", "understood"), NARROWED + OF_ANOTHER_THING + WITH_ITS_TOPIC)
def test_a_follow_up_question_is_understood_from_the_one_before(before: str, question: str, understood: str) -> None:
    assert stand_alone(question, [Turn(before)]) == understood
    assert stand_alone(question, []) == question
    straight = stand_alone(question.replace("’", "'"), [Turn(before.replace("’", "'"))])
    assert straight == understood.replace("’", "'")


@pytest.mark.parametrize("question", STANDING_ALONE)
def test_a_question_that_stands_alone_stays_as_it_is(question: str) -> None:
    assert stand_alone(question, [Turn("Qui a droit au RSA ?")]) == question
    assert stand_alone(question.replace("’", "'"), [Turn("Qui a droit au RSA ?")]) == question.replace("’", "'")


def test_a_topic_goes_on_from_question_to_question() -> None:
    asked = [
        ("Combien de jours dure le congé de proche aidant ?", "Combien de jours dure le congé de proche aidant ?"),
        ("Quel est le délai ?", "Quel est le délai (congé de proche aidant) ?"),
        ("Et pour les contractuels ?", "Quel est le délai (congé de proche aidant) pour les contractuels ?"),
        ("Qui l’accorde ?", "Qui l’accorde (congé de proche aidant pour les contractuels) ?"),
        ("Et pour les titulaires ?", "Qui l’accorde (congé de proche aidant pour les titulaires) ?"),
        ("Comment demander l’AAH ?", "Comment demander l’AAH ?"),
        ("Et en Corse ?", "Comment demander l’AAH en Corse ?"),
    ]
    for number, (question, understood) in enumerate(asked):
        assert stand_alone(question, [Turn(earlier) for earlier, _ in asked[:number]]) == understood
        assert stand_alone(question, [Turn(earlier) for _, earlier in asked[:number]]) == understood


def test_a_short_question_after_a_very_long_one_is_no_longer_than_a_question_may_be() -> None:
    for question in ("Et en Corse ?", "Quel est le délai ?", "Et le RSA ?"):
        assert len(stand_alone(question, [Turn("congé " * (QUESTION_LENGTH // 6))])) <= QUESTION_LENGTH


@given(st.text(max_size=60), st.text(alphabet="etquilacombn ’'?-è.", max_size=60))
def test_whatever_is_written_is_understood_as_something_that_can_be_searched(before: str, question: str) -> None:
    understood = stand_alone(question, [Turn(before)])
    assert len(understood) <= QUESTION_LENGTH
    assert understood or not question
