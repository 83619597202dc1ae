"""From what was kept to observations: cubes, delivered files and lists of official areas, read once.

What a response or file means is decided here; how its format is read, in `formats`; what becomes of the rows, in
`steps`.
"""
