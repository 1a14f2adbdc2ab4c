"""Flip grids, and which labels turned into which."""
