"""Uploads: the route that takes them, and the widget on the page."""
