"""Which device and precision ``auto`` means, told without importing torch."""

from __future__ import annotations

import os
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from flipscope.errors import FlipscopeError


def resolve(device: str, precision: str) -> tuple[str, str]:
    """Say what ``auto`` means here.

    Parameters
    ----------
    device : {"auto", "cpu", "cuda", "cuda:i"}
        Where to run.
    precision : {"auto", "fp32", "bf16", "fp16"}
        What to compute in.

    Returns
    -------
    device : str
        ``cpu``, ``cuda`` or ``cuda:i``.
    precision : str
        ``fp32``, ``bf16``, ``fp16``, or ``half``: fp16 or bf16, whichever a sample shows to be safe.

    Raises
    ------
    FlipscopeError
        When either is none of these.
    """
    if not re.fullmatch(r"auto|cpu|cuda(:\d+)?", device):
        raise FlipscopeError(f"there is no device {device!r}", do="Use auto, cpu, cuda or cuda:0")
    if precision not in ("auto", "fp32", "bf16", "fp16"):
        raise FlipscopeError(f"there is no precision {precision!r}", do="Use auto, fp32, bf16 or fp16")
    if device == "auto":
        device = "cuda" if _cuda_is_likely() else "cpu"
    if precision == "auto":
        precision = "fp32" if device == "cpu" else "half"
    return device, precision


def devices() -> list[str]:
    """List the devices that are likely to be there, without importing torch: CUDA devices, then the CPU."""
    if not _cuda_is_likely():
        return ["cpu"]
    if chosen := os.environ.get("CUDA_VISIBLE_DEVICES"):
        count = len(chosen.split(","))
    else:
        count = max(1, len(list(Path("/proc/driver/nvidia/gpus").glob("*"))))
    return [*(f"cuda:{number}" for number in range(count)), "cpu"]


def problem_with(device: str) -> str | None:
    """Tell why torch can't use a device; ``None`` when it can. Imports torch for CUDA devices."""
    if device == "cpu":
        return None
    import torch

    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if int(device.partition(":")[2] or 0) < count:
        return None
    return f"torch {torch.__version__} finds {count or 'no'} CUDA devices, so {device} cannot be used"


def _cuda_is_likely() -> bool:
    """Whether there is a driver, a device not hidden, and a torch that is not built for the CPU alone."""
    driver = Path("/proc/driver/nvidia/version").exists() or Path("/dev/nvidiactl").exists()
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "all") not in ("", "-1")
    try:
        return driver and visible and not version("torch").endswith("+cpu")
    except PackageNotFoundError:
        return False
