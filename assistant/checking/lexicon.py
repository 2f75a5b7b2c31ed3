"""Forms of one verb, and words that say the same in administrative French.

Synonyms are few and sure: two words stand in one line only where exchanging them in an administrative text
changes nothing that anyone could rely on.
"""

from collections.abc import Callable, Iterable, Iterator

_METTRE = "mettre met mettent mettra mettront mettant mis mise"
_PRENDRE = "prendre prend prennent prendra prendront prenant pris prise"
_TENIR = "tenir tient tiennent tiendra tiendront tenant tenu tenue"
_VENIR = "venir vient viennent viendra viendront venant venu venue"

_PREFIXES = {
    _METTRE: ("", "re", "trans", "ad", "per", "sou", "pro", "com"),
    _PRENDRE: ("", "re", "com", "entre"),
    _TENIR: ("", "ob", "main", "sou", "con", "re", "dé"),
    _VENIR: ("", "re", "inter", "par", "sur", "con", "pré", "sub"),
}

# Verbs of which the stemmer takes the forms for different words.
_VERBS = """
recevoir reçoit reçoivent recevez recevra recevront reçu reçue réception
percevoir perçoit perçoivent percevez percevra percevront perçu perçue perception
concevoir conçoit conçoivent conçu conçue
apercevoir aperçoit aperçu
inscrire inscrit inscrite inscrivent inscrivez inscrira inscription
prescrire prescrit prescrite prescrivent prescription
écrire écrit écrite écrivent
réduire réduit réduite réduisent réduira réduction
produire produit produite produisent produira production
conduire conduit conduite conduisent
reconduire reconduit reconduite reconduction
rompre rompt rompent rompu rompue rupture
rendre rend rendent rendra rendu rendue
entendre entend entendent entendra entendu entendue
suspendre suspend suspendent suspendu suspendue suspension
étendre étend étendent étendu étendue extension
vendre vend vendent vendu vendue vente
répondre répond répondent répondra répondu réponse
perdre perd perdent perdra perdu perdue perte
conclure conclut concluent conclu conclue conclusion
exclure exclut excluent exclu exclue exclusion
inclure inclut incluent inclus incluse
valoir vaut valent vaudra
savoir sait savent saura
vouloir veut veulent voudra
vivre vit vivent vécu
suivre suit suivent suivra suivi suivie
admettre admission
soumettre soumission
transmettre transmission
dissoudre dissout dissolution
élire élu élue élus élection
prévoir prévoit prévoient prévu prévue
croire croit croient
naître né née naissance
mourir décéder décède décédé décédée décès
justifier justifie justifient justifiez justification
choisir choisit choix
différer diffèrent diffère
"""

_SYNONYMS = """
envoyer adresser transmettre communiquer
remettre délivrer
payer verser paiement versement
fixer déterminer définir
salaire rémunération
diminuer réduire baisser
augmenter majorer accroître
présenter formuler déposer
renouveler reconduire
temporaire provisoire
obligatoire impératif indispensable exiger requérir
limiter plafonner
mentionner viser
débuter commencer
début commencement
fin terme issue expiration échéance
résider habiter demeurer
informer prévenir avertir aviser
demander solliciter
percevoir toucher
récent nouveau nouvel
varier différer
préciser indiquer
rompre résilier résiliation
époux conjoint
instituer créer
motif raison
punir sanctionner
modifier changer modification changement
garder conserver
accepter consentir acceptation consentement
autoriser permettre
intégral total entier totalité intégralité
habituel normal
entreprise société
"""


class Lexicon:
    """One key for all forms of a word and for its synonyms; `stem` gives the stem of a form."""

    def __init__(self, stem: Callable[[str], str]) -> None:
        self._forms = _keys(_families(), stem)
        synonyms = ([self.form(stem(word)) for word in line.split()] for line in _SYNONYMS.strip().splitlines())
        self._senses = {key: group[0] for group in synonyms for key in group}

    def form(self, stem: str) -> str:
        """The same for all forms of one verb."""
        return self._forms.get(stem, stem)

    def sense(self, stem: str) -> str:
        """The same for all words that say the same."""
        form = self.form(stem)
        return self._senses.get(form, form)


def _families() -> Iterator[list[str]]:
    yield from (line.split() for line in _VERBS.strip().splitlines())
    for forms, prefixes in _PREFIXES.items():
        yield from ([prefix + form for form in forms.split()] for prefix in prefixes)


def _keys(families: Iterable[list[str]], stem: Callable[[str], str]) -> dict[str, str]:
    keys: dict[str, str] = {}
    for family in families:
        key = keys.get(stem(family[0]), stem(family[0]))
        keys |= {stem(form): key for form in family}
    return keys
