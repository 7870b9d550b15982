"""xlperf: official performance self-evaluation annexes as live Excel templates, and their checks."""

__version__ = "0.1.0"
