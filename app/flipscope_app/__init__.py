"""The dashboard: browse comparisons in the browser, on this machine only."""
