"""What a worker no longer uses of the memory, it does not keep."""

import ctypes
import subprocess
import sys

import pytest

BUSY = """
import resource, sys, threading, time
from promotion.operations import memory

memory.SECONDS_BETWEEN = 0.1
BLOCKS, BLOCK_BYTES = 30_000, 2_000
WAIT_SECONDS = {"keeping": 1, "giving": 20}
PAGE_BYTES = resource.getpagesize()
kept = []


def resident_bytes():
    return int(open("/proc/self/statm").read().split()[1]) * PAGE_BYTES


def work():
    blocks = [bytes(BLOCK_BYTES) for _number in range(BLOCKS)]
    # The last one lies above all others, so that they are not given back by themselves.
    kept.append(bytes(BLOCK_BYTES))
    most.append(resident_bytes())


most = []
worker = threading.Thread(target=work)
worker.start()
worker.join()
way = sys.argv[1]
if way == "giving":
    memory.keep_giving_back()
little = most[0] - BLOCKS * BLOCK_BYTES // 2
deadline = time.monotonic() + WAIT_SECONDS[way]
while time.monotonic() < deadline and resident_bytes() > little:
    time.sleep(0.05)
print(resident_bytes() <= little)
"""


def gives_back(way):
    done = subprocess.run(
        [sys.executable, "-c", BUSY, way], capture_output=True, text=True, check=True
    )
    return done.stdout.strip() == "True"


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="no glibc")
def test_what_a_thread_has_used_goes_back_to_the_system():
    assert not gives_back("keeping")
    assert gives_back("giving")
