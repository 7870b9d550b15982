"""Templates: their conventions, the registered ones, instances of a given shape, and finding both in a submission."""
