"""What holds for all tests: one thread for each of the workers' matrix products, or they wait for each other."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
