"""Flip grid."""

from flipscope_app.markup import show, tag

show(tag("h1", "Flip grid"))
