"""CheckList's own suites and objects, and the library itself; nothing that a file of it holds is run."""
