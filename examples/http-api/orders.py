"""Sends an order, receives it and acknowledges it: nothing but HTTP, and Python's own library."""

import json
import os
import urllib.error
import urllib.request

API = os.environ["ALIEN_API_URL"]
TOKEN = os.environ["ALIEN_API_TOKEN"]


def call(method, path, body=None):
    """One request; what is refused is a RuntimeError that says what to do."""
    request = urllib.request.Request(
        API + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        problem = json.load(error)
        raise RuntimeError(f"{problem['code']}: {problem['detail']} {problem.get('fix', '')}") from error


order = {"id": 12345678901234567890, "total": 42}
sent = call("POST", "/queues/orders/messages", {"payload": order, "idempotency_key": f"order-{order['id']}"})

received = call("POST", "/queues/orders/receive", {"max": 1, "wait": "5s"})
for message in received["messages"]:
    # Python's integers have as many digits as the payload has.
    assert message["payload"] == order, message
    print(f"order {message['payload']['id']} at attempt {message['attempt']}", flush=True)
    call("POST", "/queues/orders/ack", {"receipt_handle": message["receiptHandle"]})

job = call("GET", f"/jobs/{sent['id']}?queue=orders")
print(f"job {job['status']}", flush=True)

try:
    call("POST", "/queues/order/messages", {"payload": order})
except RuntimeError as error:
    print(error, flush=True)
