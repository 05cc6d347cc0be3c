"""What is measured with: the kernels and environments that the tests use."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))

import environments
from kernels import LiveKernel, Output

__all__ = ["LiveKernel", "Output", "environments"]
