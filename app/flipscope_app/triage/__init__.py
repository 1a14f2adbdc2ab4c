"""Triage: what people found flips to be, one by one, several at once, and what that does to the figures."""
