"""Files with and without personal data, to measure the guard by: what offices keep, and what they publish.

Made without reading the guard (`pipelines/guards/`) or its tests. Every public function of the modules
`registers_*` and `clean_*` is a template: it takes a chance and returns a table or a file; a seed makes one file of it.
Half of the templates are for whoever writes the guard, the other half are held out: the guard's author measures there,
and does not look. Everything is synthetic: names of common words put together, numbers with the month + 80.

The second corpus (`registers_second`, `registers_second_hidden`, `clean_second`) was written afresh, without reading
the guard or the first corpus, when the first one's held-out half had been looked at too often. Every second template is
held out (`measure.py`). Whoever works on the guard looks at `second_development` through `measure --names --write`.

The third (`registers_third`, `clean_third`) was written by whoever changed the guard on 26 November 2026, before each
change, as a help for development: it is no measure of anything. So was the fourth (`registers_fourth`, `clean_fourth`),
in batches: what each batch showed before the guard knew it is in docs/personal_data.md.

The fifth (`registers_fifth`, `clean_fifth`, with `people_fifth`) was written on the same day by somebody who had read
neither the guard nor any other collection's templates, as typical files in the proportions one would expect.
"""
