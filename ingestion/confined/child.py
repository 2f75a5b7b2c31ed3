"""In the child: lose every right, then read one file, or take it apart, and answer."""

import fcntl
import os
import resource
from importlib import import_module
from pathlib import Path

from ingestion.confined import contents, kernel
from ingestion.confined.answer import NO_MEMORY, Answer, Broken, Read, Refused, Seen, encode
from ingestion.confined.contents import Given, Withheld
from ingestion.confined.limits import ParseLimits
from ingestion.errors import DocumentRefused, FileUnreadable
from ingestion.parsing import unpacking
from ingestion.parsing.libreoffice import is_for_libreoffice
from ingestion.parsing.parts import BadPart, PartLimits
from ingestion.parsing.pdf import PdfParser
from ingestion.parsing.port import Parser
from ingestion.sheet import SheetWanted

_FILE, _ANSWER = 3, 4
_MARK = 512  # bytes at the beginning of a file


def confine(file: int, answer: int, limits: ParseLimits, folder: Path, *, is_counted_alone: bool) -> None:
    """Keep these two descriptors and what the limits leave. Raises `OSError`."""
    os.setsid()
    kernel.die_with_parent()
    _keep(file, answer)
    os.chdir(folder)
    for variable in ("HOME", "TMPDIR"):
        os.environ[variable] = str(folder)
    if is_counted_alone:
        kernel.be_counted_alone()
    writes = is_for_libreoffice(os.pread(_FILE, _MARK, 0))
    kernel.bound(limits, disk=limits.disk if writes else 0)
    kernel.give_up_rights()


def read(name: str, limits: ParseLimits, parsers: str, wanted: SheetWanted | None) -> None:
    """Read the file, or a page, with the parser that the module `parsers` has for it, and write the answer."""
    try:
        answer = encode(_answer(name, limits, parsers, wanted))
    except MemoryError:
        answer = NO_MEMORY
    view = memoryview(answer)
    while view:
        view = view[os.write(_ANSWER, view) :]


def unpack(name: str, limits: PartLimits) -> None:
    """Take out what is in the file, and write it."""
    listed: list[Given | Withheld] = []
    end: Refused | Broken | None = None
    with open(_FILE, "rb") as file, open(_ANSWER, "wb") as answer:
        try:
            for part in unpacking.parts(file, name, limits):
                if isinstance(part, BadPart):
                    listed.append(Withheld(part.name, _refused(part.reason)))
                else:
                    answer.write(part.content)
                    listed.append(Given(part.name, len(part.content)))
        except DocumentRefused as refusal:
            end = _refused(refusal)
        except Exception as error:  # noqa: BLE001 - as below
            end = Broken(type(error).__name__)
        contents.write(contents.Contents(tuple(listed), end), answer)


def _answer(name: str, limits: ParseLimits, parsers: str, wanted: SheetWanted | None) -> Answer:
    try:
        with open(_FILE, "rb") as file:
            content = file.read()
        parser: Parser | None = import_module(parsers).parser_of(content, name, limits)
        if parser is None:
            raise FileUnreadable(name, "ce qu’il contient n’est d’aucun format pris en charge", "Convertissez-le.")
        if wanted is None:
            return Read(parser.parse(content, name))
        if not isinstance(parser, PdfParser):
            raise FileUnreadable(name, "ce document n’a pas de pages qui se dessinent", "Lisez son texte.")
        return Seen.of(parser.view(content, name, wanted))
    except DocumentRefused as refusal:
        return _refused(refusal)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a damaged file makes of a parser, its name is told
        return Broken(type(error).__name__)


def _refused(refusal: DocumentRefused) -> Refused:
    return Refused(type(refusal).__name__, str(refusal))


def _keep(file: int, answer: int) -> None:
    """File and answer under their numbers, nothing on the standard streams, and no other descriptor."""
    nothing = os.open(os.devnull, os.O_RDWR)
    high = [fcntl.fcntl(kept, fcntl.F_DUPFD, 10) for kept in (nothing, nothing, nothing, file, answer)]
    for place, kept in enumerate(high):
        os.dup2(kept, place, inheritable=place < _FILE)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    os.closerange(_ANSWER + 1, most)
