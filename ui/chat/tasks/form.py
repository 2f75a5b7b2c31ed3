"""What a person filled in for a task, and the order that it makes.

The fields of the form: `value.NAME`, and of texts `document.NAME` (files of the conversation) and `pasted.NAME`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from assistant.tasks.order import OrderedText, TaskOrder
from assistant.tasks.template import Field, FieldKind, Template
from retrieval.corpus import DocumentText

PASTED = "Texte collé"

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class TaskForm:
    """The fields as they were sent; `page` is the page of the chat, `version` the template's whose fields it showed.

    `sure` says that personal data is to be sent all the same.
    """

    pairs: Pairs = ()
    page: str = ""
    version: int | None = None
    sure: bool = False

    @classmethod
    def of(cls, pairs: Pairs) -> Self:
        """From the names and values of a body; lines end as they do in our texts."""
        given = [(name, value.replace("\r\n", "\n").replace("\r", "\n")) for name, value in pairs]
        once = dict(given)
        version = once.get("version", "")
        return cls(
            pairs=given,
            page=once.get("page", ""),
            version=int(version) if version.isdecimal() and len(version) < 10 else None,
            sure=once.get("sure") == "1",
        )

    def value(self, field: Field) -> str:
        """What stands in a field that takes no texts."""
        return next(iter(self._all(f"value.{field.name}")), "")

    def documents(self, field: Field) -> tuple[str, ...]:
        """The files that are chosen, each once."""
        return tuple(dict.fromkeys(self._all(f"document.{field.name}")))

    def pasted(self, field: Field) -> tuple[str, ...]:
        """What stands in the boxes for texts, empty ones included."""
        return tuple(self._all(f"pasted.{field.name}"))

    @property
    def collections(self) -> tuple[str, ...]:
        """Those that are chosen."""
        return tuple(dict.fromkeys(self._all("collection")))

    def written(self) -> str:
        """All that somebody wrote or pasted."""
        return "\n".join(value for name, value in self.pairs if name.startswith(("value.", "pasted.")))

    def order(self, template: Template, files: Sequence[DocumentText]) -> TaskOrder:
        """The order, of the template's fields alone; a file that is no longer there is not in it."""
        plain = [field for field in template.fields if field.kind is not FieldKind.DOCUMENTS]
        titles = {file.document_id: title(file) for file in files}
        return TaskOrder(
            task=template.name,
            version=template.version,
            title=template.title,
            values={field.name: self.value(field) for field in plain if self.value(field).strip()},
            texts={field.name: tuple(self._texts(template, field, titles)) for field in template.documents},
            collections=self.collections if template.collections else (),
        )

    def _texts(self, template: Template, field: Field, titles: Mapping[str, str]) -> Iterator[OrderedText]:
        for document in self.documents(field):
            if document in titles:
                yield OrderedText(titles[document], document=document)
        pasted = [text for text in self.pasted(field) if text.strip()]
        named = f"{PASTED} ({field.label})" if len(template.documents) > 1 else PASTED
        for n, text in enumerate(pasted, start=1):
            yield OrderedText(named if len(pasted) == 1 else f"{named} {n}", pasted=text)

    def _all(self, name: str) -> list[str]:
        return [value for known, value in self.pairs if known == name]


def title(file: DocumentText) -> str:
    """What a file of the conversation is called."""
    return file.metadata.title or file.document_id
