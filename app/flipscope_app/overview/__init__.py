"""What the Overview shows: figures, charts, verdict, provenance."""
