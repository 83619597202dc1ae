"""JSON-stat, PX, text, workbooks and GeoJSON as tables. Imports nothing of ours: what a table means is for others."""
