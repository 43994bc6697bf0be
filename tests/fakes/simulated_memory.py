"""A device's memory of so many bytes, for stages that only say how many items they were given."""

GB = 10**9
TOTAL = 46 * GB
MODEL = 2 * GB
ITEM = GB


class SimulatedMemory:
    """Every item takes a gigabyte beside a model of two; what does not fit is out of memory, in torch's words."""

    def __init__(self, *, item_bytes: int = ITEM) -> None:
        self.total_bytes = TOTAL
        self.item_bytes = item_bytes
        self.others_bytes = 0
        self.emptied = 0
        self._peak = MODEL

    def compute(self, items: int) -> None:
        """Hold what a batch needs for a moment."""
        needed = items * self.item_bytes
        if needed > self.free_bytes():
            raise RuntimeError(f"CUDA out of memory. Tried to allocate {needed} bytes")
        self._peak = max(self._peak, MODEL + needed)

    def held_bytes(self) -> int:
        return MODEL

    def begin(self) -> None:
        self._peak = MODEL

    def peak_bytes(self) -> int:
        return self._peak

    def free_bytes(self) -> int:
        return self.total_bytes - self.others_bytes - MODEL

    def empty_cache(self) -> None:
        self.emptied += 1
