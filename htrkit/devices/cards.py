"""How many NVIDIA devices there are, asked of the driver itself and never of torch."""

import pynvml


def card_count() -> int:
    """Give the number of devices; 0 without a driver."""
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return 0
    try:
        return int(pynvml.nvmlDeviceGetCount())
    except pynvml.NVMLError:
        return 0
    finally:
        pynvml.nvmlShutdown()
