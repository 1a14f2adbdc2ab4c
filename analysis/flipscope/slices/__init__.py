"""Where regressions are: slices of the data that are found, described as conditions, and kept."""
