"""Engines that read pictures, on French pages at 200 dpi in several fonts, some noisy and a little askew.

For each engine that is installed: the shares of the words and of the accented letters that it gives in
order, and the seconds of processor that it takes for a page.
"""

import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
from PIL import Image

from ingestion.parsing.ocr import Picture, Recogniser
from ingestion.parsing.tesseract import Tesseract
from tests.benchmarks import pages
from tests.benchmarks.rapid import RapidOcr
from tests.benchmarks.words import in_order, words

# font, points, degrees, noise (standard deviation of grey levels)
PAGES = (
    ("LiberationSans-Regular", 10.5, 0.0, 0.0),
    ("LiberationSerif-Regular", 11.0, 0.0, 8.0),
    ("DejaVuSans", 10.0, 0.6, 12.0),
    ("LiberationMono-Regular", 10.0, -0.5, 5.0),
    ("LiberationSerif-Italic", 11.0, 0.3, 15.0),
    ("LiberationSans-Regular", 9.0, -0.8, 18.0),
)
ACCENTED = frozenset("àâäçèéêëîïôöùûüœÀÂÇÈÉÊÎÔÙÛŒ")


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """Shares of words and accents, and seconds a page, of each engine."""
    scans = list(_scans())
    engines = {"tesseract": Tesseract.installed(), "rapidocr": RapidOcr.installed()}
    return {name: _measured(engine, scans) for name, engine in engines.items() if engine is not None}


def _measured(engine: Recogniser, scans: list[tuple[Picture, str]]) -> dict[str, float]:
    all_words = found_words = accents = found_accents = 0
    started, before = time.perf_counter(), _processor()
    texts = [" ".join(one.text for line in engine.recognise(picture) for one in line) for picture, _ in scans]
    wall, processor = time.perf_counter() - started, _processor() - before
    for text, (_, expected) in zip(texts, scans, strict=True):
        right = words(expected)
        all_words += len(right)
        found_words += len(in_order(right, words(text)))
        accents += sum(letter in ACCENTED for letter in expected)
        found_accents += sum(expected[place] in ACCENTED for place, _ in in_order(expected, text))
    return {
        "words": found_words / all_words,
        "accents": found_accents / accents,
        "seconds/page": wall / len(scans),
        "processor seconds/page": processor / len(scans),
    }


def _processor() -> float:
    """Seconds of processor of this process and its children."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def _scans() -> Iterator[tuple[Picture, str]]:
    noise = np.random.default_rng(1)
    for seed, (font, size, degrees, deviation) in enumerate(PAGES):
        content, text = pages.page_in(font, size, seed)
        with pypdfium2.PdfDocument(content) as document:
            picture = document[0].render(scale=200 / 72, grayscale=True).to_pil()
        turned = np.asarray(picture.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255))
        height, width = turned.shape
        noisy = np.clip(0.9 * turned + 12 + noise.normal(0, deviation, turned.shape), 0, 255).astype(np.uint8)
        yield Picture(width, height, noisy.tobytes()), text
