"""Excel's functions and operators on plain Python values, exact where they are offered and refusing
elsewhere.
"""
