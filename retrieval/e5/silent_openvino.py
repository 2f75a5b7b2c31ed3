"""OpenVINO without the part of it that tells its maker of each import, and leaves files in the home folder.

That part belongs to a converter of models, which OpenVINO does without where it is not there.
"""

import sys

sys.modules.setdefault("openvino.tools.ovc", None)  # type: ignore[arg-type]

import openvino  # noqa: E402
from openvino import opset13 as operations  # noqa: E402

__all__ = ["openvino", "operations"]
