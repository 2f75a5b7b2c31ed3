"""RapidOCR: PP-OCR models inside its wheel, run by ONNX Runtime."""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np

from ingestion.parsing.ocr import Picture, PrintedLine, RecognitionFailed


class RapidOcr:
    """Reads any language in Latin letters; its models are loaded once."""

    def __init__(self) -> None:
        from rapidocr import RapidOCR

        self._engine: Any = RapidOCR(
            params={
                "Global.log_level": "error",
                "Global.use_cls": False,
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            }
        )

    @classmethod
    def installed(cls) -> "RapidOcr | None":
        """The one of this environment, if it is there with its engine."""
        return cls() if find_spec("rapidocr") and find_spec("onnxruntime") else None

    def recognise(self, picture: Picture) -> Sequence[list[PrintedLine]]:
        grey = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.width)
        try:
            found = self._engine(np.repeat(grey[:, :, None], 3, axis=2))
        except Exception as error:
            raise RecognitionFailed(str(error)) from error
        if found.boxes is None:
            return []
        corners = zip(found.txts, found.boxes.min(axis=1).tolist(), found.boxes.max(axis=1).tolist(), strict=True)
        return [[PrintedLine(text, *low, *high)] for text, low, high in corners]
