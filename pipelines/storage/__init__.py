"""Where figures are kept: snapshots as received, the lake in Parquet, the warehouse in DuckDB."""
