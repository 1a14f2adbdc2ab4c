"""What behavior suites found: tables, charts, tests and cases."""
