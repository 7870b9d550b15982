"""``python -m xlperf``: the same as the ``xlperf`` command."""

from xlperf.cli.start import entry

if __name__ == "__main__":
    entry()
