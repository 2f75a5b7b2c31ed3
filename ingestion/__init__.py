"""The write side: files and records into a collection."""

from ingestion.again import Again
from ingestion.blobs import BlobSettings, BlobStore, open_blobs
from ingestion.chunking import PIPELINE, chunk
from ingestion.document import Block, ParsedDocument
from ingestion.errors import (
    BlobMissing,
    BlobsUnavailable,
    BrokenLine,
    DiskFull,
    DocumentEmpty,
    DocumentRefused,
    FileUnreadable,
    FormatUnknown,
    ImportRefused,
    IngestionError,
    JobNotFound,
    PathNotFound,
    TooLarge,
)
from ingestion.intake import IntakeLimits, known_suffixes
from ingestion.isolation import ParseLimits, open_reader
from ingestion.jobs import DocumentJob, Jobs, JobState
from ingestion.parsing.parts import PartLimits
from ingestion.parsing.port import Parser
from ingestion.pipeline import Ingestion
from ingestion.progress import Notice, Progress, Summary
from ingestion.queue import Queue, QueueSettings, open_queue
from ingestion.reading import Reader
from ingestion.stages import Parts, Stages

__all__ = [
    "PIPELINE",
    "Again",
    "BlobMissing",
    "BlobSettings",
    "BlobStore",
    "BlobsUnavailable",
    "Block",
    "BrokenLine",
    "DiskFull",
    "DocumentEmpty",
    "DocumentJob",
    "DocumentRefused",
    "FileUnreadable",
    "FormatUnknown",
    "ImportRefused",
    "Ingestion",
    "IngestionError",
    "IntakeLimits",
    "JobNotFound",
    "JobState",
    "Jobs",
    "Notice",
    "ParseLimits",
    "ParsedDocument",
    "Parser",
    "PartLimits",
    "Parts",
    "PathNotFound",
    "Progress",
    "Queue",
    "QueueSettings",
    "Reader",
    "Stages",
    "Summary",
    "TooLarge",
    "chunk",
    "known_suffixes",
    "open_blobs",
    "open_queue",
    "open_reader",
]
