"""How likely a tuned model meets the quality bar, from the number of labelled examples alone."""

from __future__ import annotations

import numpy as np
from scipy import special

from mcost.law import Array

INTERCEPT, SLOPE = -2.0, 0.36
SOURCE = (
    "logistic in the log of the examples, through 0.35 under 100, 0.60 at 500, 0.70 at 1,000 to 5,000 and "
    "0.80 at 10,000 and more: LoRA Land (arXiv 2405.00732), Pecher et al. (EMNLP 2025); weak"
)


def success_from_examples(examples: Array) -> Array:
    """P(the bar is met) = 1 / (1 + exp(2.0 - 0.36 ln n)), n labelled examples; same shape, 0 at n = 0."""
    with np.errstate(divide="ignore"):
        return np.asarray(special.expit(INTERCEPT + SLOPE * np.log(examples)))
