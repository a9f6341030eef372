"""A job that runs now and then, ends, and is seen nevertheless.

python nightly_job.py --push-to http://127.0.0.1:9091
"""

from __future__ import annotations

import argparse
import random

from codesentinel.instrument import WorkMetrics

work = WorkMetrics(service="shop", environment="demo", version="1.0")


@work.timed("count_orders")
def count_orders(day: int) -> int:
    """Count the orders of a day."""
    return random.Random(day).randint(100, 200)  # noqa: S311


def main() -> None:
    """Count the orders of some days, as a job."""
    parser = argparse.ArgumentParser(description="A job that tells a Pushgateway how it ended.")
    parser.add_argument("--push-to", default="", metavar="URL", help="address of a Pushgateway")
    parser.add_argument("--days", type=int, default=7)
    options = parser.parse_args()
    with work.job("nightly_report", push_to=options.push_to):
        if options.days < 1:
            raise SystemExit("there is no day to report")
        print(sum(count_orders(day) for day in range(options.days)))


if __name__ == "__main__":
    main()
