"""Runs the public code of the W3C feed validator over documents, in one process and without a network.

Standard input: {"checkout": folder, "now": seconds, "documents": [{"id", "base", "type", "text"}]}
Standard output: {id: [{"level", "event", "line", "params"}]}, everything that level AA says of each.
"""

import io
import json
import os
import socket
import sys
import time


def no_network(*_arguments, **_named):
    raise OSError("a judge has no network")


socket.socket.connect = no_network
socket.create_connection = no_network
socket.getaddrinfo = no_network
# It asks whether the host of an e-mail address is known.
socket.gethostbyname = lambda _host: "127.0.0.1"

task = json.load(sys.stdin)
# It finds dates implausible by the clock, which is not to decide a test.
time.time = lambda: task["now"]
sys.path.insert(0, os.path.join(task["checkout"], "src"))

import feedvalidator  # noqa: E402
from feedvalidator import compatibility, logging  # noqa: E402


def events_of(document):
    stream = io.BytesIO(document["text"].encode("utf-8", "surrogatepass"))
    try:
        return feedvalidator.validateStream(stream, 1, document["type"], document["base"])["loggedEvents"]
    except logging.ValidationFailure as failure:
        return [failure.event]


def plain(event):
    return {
        "level": "error" if isinstance(event, logging.Error) else "warning",
        "event": type(event).__name__,
        "line": event.params.get("line", 0),
        "params": {name: str(value)[:200] for name, value in event.params.items() if name not in ("line", "column")},
    }


verdicts = {one["id"]: [plain(event) for event in compatibility.AA(events_of(one))] for one in task["documents"]}
json.dump(verdicts, sys.stdout)
