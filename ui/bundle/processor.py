"""What the processor of a site must be able to do: llama.cpp was compiled for the processor of whoever compiled it."""

import re
import subprocess
import sys

from ui.errors import BundleRefused

# As llama.cpp names what it was compiled with, and as Linux names what a processor can do.
_FLAGS = {
    "SSE3": "pni",
    "SSSE3": "ssse3",
    "AVX": "avx",
    "AVX2": "avx2",
    "AVX_VNNI": "avx_vnni",
    "AVX512": "avx512f",
    "AVX512_VBMI": "avx512vbmi",
    "AVX512_VNNI": "avx512_vnni",
    "AVX512_BF16": "avx512_bf16",
    "AMX_INT8": "amx_int8",
    "F16C": "f16c",
    "FMA": "fma",
    "BMI2": "bmi2",
}

_ASK = "import llama_cpp; print(llama_cpp.llama_print_system_info().decode())"


def required() -> list[str]:
    """What the llama.cpp that is installed here requires, in Linux's words. Raises `BundleRefused`."""
    asked = subprocess.run([sys.executable, "-c", _ASK], capture_output=True, text=True, check=False)  # noqa: S603
    if asked.returncode:
        raise BundleRefused(
            "llama-cpp-python, qui est installé ici, ne démarre pas : refaites l’environnement (make run)."
        )
    return flags(asked.stdout)


def flags(told: str) -> list[str]:
    """The same, from llama.cpp's line about itself."""
    return sorted(_FLAGS[name] for name in re.findall(r"(\w+) = 1", told) if name in _FLAGS)
