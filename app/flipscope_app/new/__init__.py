"""The sections of the New comparison page."""
