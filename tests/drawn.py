"""All that chance made of a block of futures, as one mapping: to hold one block against another."""

import numpy as np

from mcost.draws import Draws


def everything_drawn(drawn: Draws) -> dict[tuple[str, str], np.ndarray]:
    """All random quantities of a block by kind and name."""
    kinds = {
        "value": drawn.values,
        "events": drawn.events,
        "success": drawn.success,
        "price": drawn.price_steps,
        "retirement": drawn.retirements,
        "calls": {"calls": drawn.calls},
        "end": {} if drawn.end_month is None else {"end": drawn.end_month},
    }
    return {(kind, name): array for kind, found in kinds.items() for name, array in found.items()}
