"""A collection of synthetic files in the layouts of real senders, with the right answer of each."""
