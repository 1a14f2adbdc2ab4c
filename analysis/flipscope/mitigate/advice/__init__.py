"""The fix advisor: what combining old and new would do, from stored predictions alone."""
