"""An outside attack on what is published: files of editions in, hidden counts out.

The attack knows what anybody can: the published files, the texts of the repository (areas.yaml, the pillars, the
contracts, docs/disclosure.md), and how people count. It imports nothing of `indicators` or `pipelines`. One module per
kind of attack; `worlds` makes what is attacked, and it alone uses the product, by its command line.
"""
