"""The second stage: what the models answer, computed once and remembered."""
