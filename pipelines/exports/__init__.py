"""Open data: one published edition in the formats that others read, each made of the one table model.

What belongs: the model, and one module per format that writes it down. What does not: choosing what may be shown (the
edition has done that) and statistics. Figures, remarks and what is hidden are the same in all formats.
"""
