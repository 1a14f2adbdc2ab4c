"""What can be said about single examples: which words differ, and which other examples are like them."""
