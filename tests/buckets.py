"""A server that speaks S3, on this machine, for tests of uploads in a bucket."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import boto3

from tests.screenshots import free_port

BUCKET = "uploads"
START_SECONDS = 60


class BucketServer:
    """The server, what is in its one bucket, and the address that the settings take."""

    def __init__(self, port):
        self.address = f"http://127.0.0.1:{port}"
        self.url = f"s3+http://key:s3cret@127.0.0.1:{port}/{BUCKET}"
        self.client = boto3.client(
            "s3",
            endpoint_url=self.address,
            region_name="us-east-1",
            aws_access_key_id="key",
            aws_secret_access_key="s3cret",
        )

    def wait(self, process):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                return urllib.request.urlopen(f"{self.address}/moto-api/", timeout=5).close()
            except urllib.error.URLError:
                time.sleep(0.1)
        raise TimeoutError

    def empty(self):
        """Begin anew with an empty bucket."""
        request = urllib.request.Request(f"{self.address}/moto-api/reset", method="POST")
        urllib.request.urlopen(request).close()
        self.client.create_bucket(Bucket=BUCKET)

    def content(self):
        """Return the bytes of each file in the bucket, by its name."""
        found = self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return {each["Key"]: self.file(each["Key"])["Body"].read() for each in found}

    def file(self, name):
        return self.client.get_object(Bucket=BUCKET, Key=name)


@contextmanager
def bucket_server():
    """Give a server for as long as the context lasts."""
    port = free_port()
    code = f"from moto.server import main; main(['-H', '127.0.0.1', '-p', '{port}'])"
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        server = BucketServer(port)
        server.wait(process)
        server.empty()
        yield server
    finally:
        process.kill()
        process.wait()
