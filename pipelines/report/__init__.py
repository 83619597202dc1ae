"""The page: one published edition as a folder of static files, in Norwegian and in English.

What belongs: reading the edition, words, charts, templates. What does not: statistics (every figure is in the edition),
Dagster, and anything that the edition hides. Data files beside the pages are `pipelines.exports`' work.
"""
