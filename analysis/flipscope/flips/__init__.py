"""What changed between two models, and whether it is more than noise: counts, metrics, intervals, tests."""
