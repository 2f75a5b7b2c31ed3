"""The write side: files and records into a collection."""

from ingestion.again import Again
from ingestion.agreement import Agreement
from ingestion.attachment import AttachedFile, FileState, NotTaken, Offered
from ingestion.attachment import Done as FileDone
from ingestion.attachment import Received as FileReceived
from ingestion.attachments import Attachments
from ingestion.blobs import BlobSettings, BlobStore, open_blobs
from ingestion.chunking import PIPELINE, chunk
from ingestion.comparison import Findings
from ingestion.document import Block, ParsedDocument
from ingestion.errors import (
    AttachmentNotFound,
    BlobMissing,
    BlobsUnavailable,
    BrokenLine,
    ConversationClosed,
    DiskFull,
    DocumentEmpty,
    DocumentRefused,
    FileUnreadable,
    FormatUnknown,
    ImportRefused,
    IngestionError,
    JobNotFound,
    PageNotFound,
    PathNotFound,
    TooLarge,
)
from ingestion.intake import IntakeLimits, known_suffixes
from ingestion.isolation import ParseLimits, open_reader
from ingestion.job_list import JobDocument, JobFilter, JobList, JobOrder, JobPage, ListedJob
from ingestion.jobs import DocumentJob, Jobs, JobState
from ingestion.names import Names
from ingestion.originals import Originals
from ingestion.parsing.parts import PartLimits
from ingestion.parsing.port import Parser
from ingestion.pipeline import Ingestion
from ingestion.progress import Notice, Progress, Summary
from ingestion.queue import Queue, QueueSettings, open_queue
from ingestion.reading import Reader
from ingestion.reception import Reception
from ingestion.reencoding import Reencoding
from ingestion.renewal import Renewal
from ingestion.sheet import SheetView, SheetWanted
from ingestion.sources.changes import Changes
from ingestion.sources.followed import Followed, Place, SyncState
from ingestion.sources.followed import Kind as SourceKind
from ingestion.sources.opening import Credentials, Opening
from ingestion.sources.service import Sources
from ingestion.sources.source_list import ListedSource, SourceFilter, SourceList, SourceOrder, SourcePage
from ingestion.stages import Parts, Stages
from ingestion.succession import Succession, SuccessionProgress

__all__ = [
    "PIPELINE",
    "Again",
    "Agreement",
    "AttachedFile",
    "AttachmentNotFound",
    "Attachments",
    "BlobMissing",
    "BlobSettings",
    "BlobStore",
    "BlobsUnavailable",
    "Block",
    "BrokenLine",
    "Changes",
    "ConversationClosed",
    "Credentials",
    "DiskFull",
    "DocumentEmpty",
    "DocumentJob",
    "DocumentRefused",
    "FileDone",
    "FileReceived",
    "FileState",
    "FileUnreadable",
    "Findings",
    "Followed",
    "FormatUnknown",
    "ImportRefused",
    "Ingestion",
    "IngestionError",
    "IntakeLimits",
    "JobDocument",
    "JobFilter",
    "JobList",
    "JobNotFound",
    "JobOrder",
    "JobPage",
    "JobState",
    "Jobs",
    "ListedJob",
    "ListedSource",
    "Names",
    "NotTaken",
    "Notice",
    "Offered",
    "Opening",
    "Originals",
    "PageNotFound",
    "ParseLimits",
    "ParsedDocument",
    "Parser",
    "PartLimits",
    "Parts",
    "PathNotFound",
    "Place",
    "Progress",
    "Queue",
    "QueueSettings",
    "Reader",
    "Reception",
    "Reencoding",
    "Renewal",
    "SheetView",
    "SheetWanted",
    "SourceFilter",
    "SourceKind",
    "SourceList",
    "SourceOrder",
    "SourcePage",
    "Sources",
    "Stages",
    "Succession",
    "SuccessionProgress",
    "Summary",
    "SyncState",
    "TooLarge",
    "chunk",
    "known_suffixes",
    "open_blobs",
    "open_queue",
    "open_reader",
]
