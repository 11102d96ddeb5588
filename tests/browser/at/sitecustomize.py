"""Python runs this first where a test serves at another moment: the server's clock begins there."""

import os
import time
from datetime import datetime, timedelta

from referral.shared import clock

_BEGAN, _AT = time.monotonic(), datetime.fromisoformat(os.environ["TESTS_AT"])
clock.now = lambda: _AT + timedelta(seconds=time.monotonic() - _BEGAN)
