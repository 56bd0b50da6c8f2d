"""What holds for all tests: a worker's matrix products take one thread, or workers wait for each other."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
