"""`python -m tests.integration.hasty_worker`: the real worker of mails, its leases cut to a second."""

import sys
from datetime import timedelta

from service.documents import deliveries
from workers import postman
from workers.__main__ import main

LEASE_SECONDS = 1.0

deliveries.LEASE = timedelta(seconds=LEASE_SECONDS)
deliveries.FIRST_PAUSE = timedelta(seconds=0.1)
postman.LET_BE_SECONDS = 0.1

if __name__ == "__main__":
    sys.exit(main(["mail"]))
