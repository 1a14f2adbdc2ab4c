"""Slices: where regressions concentrate, slices that were saved, families of flips."""
