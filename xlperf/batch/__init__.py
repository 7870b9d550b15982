"""Many files at once: finding them, workers with limits of time and memory, results in the order of the files."""
