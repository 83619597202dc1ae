"""What evaluators open: gathering every table, masking what must not be seen, publishing one edition."""
