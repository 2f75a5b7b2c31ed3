"""Templates in files that people can read and change (TOML).

    name = "resume"
    title = "Résumé"
    work = "condense"
    piece = "Relève ce qui compte pour {lecteur}."
    [[field]]
    name = "lecteur"
    label = "Pour qui"
    kind = "text"
    [[section]]
    instructions = "Résume en cinq phrases."

Every fault is told in French, with where it is and what to do.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic import Field as Bounded

from assistant.errors import TemplateInvalid
from assistant.tasks.placeholders import named
from assistant.tasks.template import Choice, Field, FieldKind, Section, Template, Work
from assistant.tasks.template_lines import Fault, line_of_syntax, line_of_value, line_of_words

SHIPPED = Path(__file__).parent / "templates"
LONGEST_FILE = 60_000  # characters

# Given by the task itself: the titles of the texts, and the day on which it is done.
GIVEN_NAMES = frozenset({"titres", "date"})

_Name = Annotated[str, StringConstraints(pattern=r"\A[a-z][a-z0-9_]{0,39}\z")]
_TaskName = Annotated[str, StringConstraints(pattern=r"\A[a-z][a-z0-9-]{0,39}\z")]
_Line = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"\A[^\x00-\x1f]{1,200}\z")]
_Help = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
_Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000)]

_EXPECTED = {
    "string_pattern_mismatch": (
        "un nom commence par une lettre minuscule et n’a que des lettres sans accent, des chiffres et un tiret "
        "(tâche) ou un souligné (champ)\u202f; un titre ou un libellé tient sur une ligne de 200 caractères"
    ),
    "extra_forbidden": "ce mot n’est pas connu ici, retirez-le",
    "missing": "il manque",
    "enum": "les valeurs possibles sont {expected}",
    "string_too_long": "le texte dépasse {max_length} caractères",
    "list_type": "une liste est attendue, par [[…]]",
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Choice(_Strict):
    value: _Name
    label: _Line


class _Field(_Strict):
    name: _Name
    label: _Line
    kind: FieldKind
    help: _Help = ""
    required: bool = False
    choices: list[_Choice] = []
    longest: Annotated[int, Bounded(ge=1, le=20_000)] = 500
    least: Annotated[int, Bounded(ge=0, le=20)] = 0
    most: Annotated[int, Bounded(ge=0, le=20)] = 0


class _Section(_Strict):
    title: _Line | None = None
    instructions: Annotated[_Text, Bounded(min_length=1)]


class _Template(_Strict):
    name: _TaskName
    title: _Line
    description: _Help
    work: Work
    piece: _Text = ""
    share: Annotated[float, Bounded(gt=0, le=3)] = 0.5
    opening: _Text = ""
    closing: _Text = ""
    search: _Help = ""
    field: list[_Field]
    section: list[_Section] = []


def read_template(source: str, version: int = 1) -> Template:
    """The template in that text. Raises `TemplateInvalid`."""
    if len(source) > LONGEST_FILE:
        raise TemplateInvalid(f"Le modèle de tâche dépasse {LONGEST_FILE} caractères. Raccourcissez-le.")
    try:
        written = _Template.model_validate(tomllib.loads(source))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        told = f"Le modèle de tâche n’est pas du TOML\u202f: {error}. Corrigez cette ligne."
        raise _invalid(Fault(line_of_syntax(source, str(error)), told)) from error
    except ValidationError as error:
        faults = [Fault(line_of_value(source, one["loc"]), _told(one)) for one in error.errors()]
        raise _invalid(*faults) from error
    template = _made(written, source, version)
    faults = [
        Fault(line_of_words(source, words), f"Modèle «\u202f{template.name}\u202f»\u202f: {said}.")
        for words, said in _faults(template)
    ]
    if faults:
        raise _invalid(*faults)
    return template


def shipped() -> dict[str, Template]:
    """The templates that come with the product, by name."""
    files = sorted(SHIPPED.glob("*.toml"))
    return {file.stem: read_template(file.read_text(encoding="utf-8")) for file in files}


def _invalid(*faults: Fault) -> TemplateInvalid:
    return TemplateInvalid(faults[0].text, [(fault.line, fault.text) for fault in faults])


def _made(written: _Template, source: str, version: int) -> Template:
    told = written.model_dump(exclude={"field", "section"})
    return Template(
        **told,
        fields=tuple(_field(one) for one in written.field),
        sections=tuple(Section(one.title or "", one.instructions) for one in written.section),
        version=version,
        source=source,
    )


def _field(written: _Field) -> Field:
    told = written.model_dump(exclude={"choices", "most"})
    most = max(written.most, written.least, 1) if written.kind is FieldKind.DOCUMENTS else 0
    return Field(**told, choices=tuple(Choice(one.value, one.label) for one in written.choices), most=most)


def _told(error: Any) -> str:
    where = ".".join(str(part + 1) if isinstance(part, int) else part for part in error["loc"])
    known = _EXPECTED.get(error["type"])
    reason = known.format_map(error.get("ctx", {})).replace(" or ", " ou ") if known else error["msg"]
    return f"Modèle de tâche, «\u202f{where}\u202f»\u202f: {reason}."


def _faults(template: Template) -> Iterator[tuple[str, str]]:
    """What each part of the file may say, and the whole may not, with words of the line that is at fault."""
    names = Counter(field.name for field in template.fields)
    for name, times in names.items():
        if times > 1:
            yield f'"{name}"', f"deux champs se nomment «\u202f{name}\u202f», renommez l’un d’eux"
        if name in GIVEN_NAMES:
            yield f'"{name}"', f"«\u202f{name}\u202f» est donné par l’assistant, nommez ce champ autrement"
    for field in template.fields:
        if bool(field.choices) != (field.kind is FieldKind.CHOICE):
            said = f"«\u202f{field.name}\u202f» a des [[field.choices]] s’il est «\u202fchoice\u202f», sinon aucun"
            yield f'"{field.name}"', said
    substituted = GIVEN_NAMES | {field.name for field in template.fields if field.kind is not FieldKind.DOCUMENTS}
    for name in _named(template):
        if name not in substituted:
            said = f"un texte nomme «\u202f{{{name}}}\u202f», qui n’est pas un champ\u202f: ajoutez-le, ou corrigez"
            yield f"{{{name}}}", said
    for said in _faults_of_work(template):
        yield "work", said


def _faults_of_work(template: Template) -> Iterator[str]:
    documents = sum(field.most for field in template.documents)
    if not documents:
        yield "il faut un champ de nature «\u202fdocuments\u202f»\u202f: une tâche travaille sur un texte"
    if template.work is Work.COMPARE:
        if [(field.least, field.most) for field in template.documents] != [(1, 1), (1, 1)]:
            yield "une comparaison a deux champs «\u202fdocuments\u202f», chacun d’un seul texte (least = 1, most = 1)"
        return
    if not template.piece:
        yield "il manque «\u202fpiece\u202f», ce que le modèle doit faire de chaque partie du texte"
    if template.work is Work.CONDENSE and not template.sections:
        yield "il manque une [[section]], ce que le modèle doit rédiger à la fin"
    if template.work is not Work.CONDENSE and (template.sections or template.search):
        yield "«\u202fsection\u202f» et «\u202fsearch\u202f» ne vont qu’avec work = «\u202fcondense\u202f», retirez-les"


def _named(template: Template) -> Iterator[str]:
    texts = (template.piece, template.opening, template.closing, template.search)
    for text in (*texts, *(section.instructions for section in template.sections)):
        yield from named(text)
