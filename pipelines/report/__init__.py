"""Charts of the series, for the Dagster UI and the notebooks. No figure is computed here."""
