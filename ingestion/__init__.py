"""The write side: files and records into a collection."""

from ingestion.chunking import PIPELINE, chunk
from ingestion.document import Block, ParsedDocument
from ingestion.errors import (
    BrokenLine,
    DiskFull,
    DocumentEmpty,
    DocumentRefused,
    FileUnreadable,
    FormatUnknown,
    ImportRefused,
    IngestionError,
    PathNotFound,
    TooLarge,
)
from ingestion.intake import IntakeLimits, known_suffixes
from ingestion.parsing.port import Parser
from ingestion.pipeline import Ingestion
from ingestion.progress import Progress, Summary

__all__ = [
    "PIPELINE",
    "Block",
    "BrokenLine",
    "DiskFull",
    "DocumentEmpty",
    "DocumentRefused",
    "FileUnreadable",
    "FormatUnknown",
    "ImportRefused",
    "Ingestion",
    "IngestionError",
    "IntakeLimits",
    "ParsedDocument",
    "Parser",
    "PathNotFound",
    "Progress",
    "Summary",
    "TooLarge",
    "chunk",
    "known_suffixes",
]
