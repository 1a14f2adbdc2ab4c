"""CheckList behaviors: suites of tests, evaluated for both models and paired test case by test case."""
