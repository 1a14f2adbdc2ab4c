"""Examples: filters, lists, one side by side, similar ones."""
