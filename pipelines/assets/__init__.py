"""The stages as Dagster assets, one module per stage; each asset is made from the catalogue.

Asset keys read as paths (`snapshot/ssb/07459`), groups are the stages. A stage's work stands in plain functions over a
Workspace, so that it can be tested and read without Dagster.
"""
