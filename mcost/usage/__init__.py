"""Usage logs -> priors: what an export tells of a workload, and of a change to it.

Nothing of the simulation imports this package: it needs pandas, and a run does not.
"""
