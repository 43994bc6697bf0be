"""`python -m bench.gpu.pinned_process`: says as JSON what torch sees of the cards in this process."""

import json
import sys

import torch


def main() -> None:
    """Ask torch, and say it."""
    facts = torch.cuda.get_device_properties(0)
    said = {
        "count": torch.cuda.device_count(),
        # No text, whatever the stubs say, but an object that turns into one.
        "uuid": str(facts.uuid),
        "name": facts.name,
        "total_bytes": facts.total_memory,
    }
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
