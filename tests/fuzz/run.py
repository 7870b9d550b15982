"""``python -m tests.fuzz.run TARGET [--seconds 60] [--corpus FOLDER]``: fuzz one target with atheris.

What is new for the coverage goes to ``tests/fuzz/found/TARGET`` (not kept); what fails to ``crash-…`` there, and the
process ends with the traceback.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))


def main() -> None:
    import atheris

    with atheris.instrument_imports(include=["xlperf"]):
        from fuzz_targets import TARGETS

        from xlperf.recompute.kernels import operators

    operators.MOST_LIFTED = 2_000  # counted code is some thirty times slower, and a hang is a finding

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--corpus", type=Path, help="more inputs to begin with")
    chosen = parser.parse_args()
    found = HERE / "found" / chosen.target
    found.mkdir(parents=True, exist_ok=True)
    words = HERE / f"{chosen.target}.dict"
    options = [
        sys.argv[0],
        f"-max_total_time={chosen.seconds}",
        "-timeout=30",
        "-rss_limit_mb=1500",
        "-max_len=4096",
        f"-artifact_prefix={found}/crash-",
        *([f"-dict={words}"] if words.exists() else []),
        str(found),
        str(HERE / "corpus" / chosen.target),
        *([str(chosen.corpus)] if chosen.corpus else []),
    ]
    atheris.Setup(options, TARGETS[chosen.target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
