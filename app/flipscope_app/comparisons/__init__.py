"""The Comparisons page and the view of a job: data in, markup and dialogs out."""
