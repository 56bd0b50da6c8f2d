"""The what-if page: a scenario that answers while somebody still asks."""
