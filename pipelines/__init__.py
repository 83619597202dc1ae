"""How figures get here and where they are kept: sources, storage, Dagster, command line. No statistics."""
