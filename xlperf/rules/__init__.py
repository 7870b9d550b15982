"""The rules: their record (what, why, how to mend, examples) and those that only Python can judge."""
