"""Which parser reads which file."""

from pathlib import PurePath

from ingestion.parsing.html import HtmlParser
from ingestion.parsing.markdown import MarkdownParser
from ingestion.parsing.pdf import PdfParser
from ingestion.parsing.port import Parser
from ingestion.parsing.text import TextParser

PARSERS: tuple[Parser, ...] = (PdfParser(), HtmlParser(), MarkdownParser(), TextParser())

_BY_SUFFIX = {suffix: parser for parser in PARSERS for suffix in parser.suffixes}

SUFFIXES = frozenset(_BY_SUFFIX)


def parser_for(path: PurePath) -> Parser | None:
    """The parser of files with such a name, upper and lower case being the same."""
    return _BY_SUFFIX.get(path.suffix.lower())
