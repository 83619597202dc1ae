"""What is measured and how: the catalogue, areas, rates and series.

Pure: no network, no Dagster, no file writes. How figures get here is the business of ``pipelines``.
"""
