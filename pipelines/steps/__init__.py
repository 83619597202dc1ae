"""The stages in the order of the flow, each a module of `Step`s: what it is, what it needs, how its table is made.

asking → folding → placing → counting → revising, measuring → assessing → comparing, evaluating. Nothing here knows
Dagster, a screen or a page; a stage imports only earlier ones.
"""
