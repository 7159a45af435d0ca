#!/bin/sh
# Sends an order, receives it and acknowledges it: nothing but curl, and sed where a program would parse JSON.
set -eu

call() {
  curl --silent --show-error --fail-with-body "$ALIEN_API_URL$1" \
    --header "authorization: Bearer $ALIEN_API_TOKEN" \
    --header "content-type: application/json" --data "$2"
}

call /queues/orders/messages '{"payload": {"id": 12345678901234567890, "total": 42}}' >/dev/null

received=$(call /queues/orders/receive '{"max": 1, "wait": "5s"}')
receipt=$(printf '%s' "$received" | sed 's/.*"receiptHandle":"\([^"]*\)".*/\1/')
order=$(printf '%s' "$received" | sed 's/.*"payload":{"id": *\([0-9]*\).*/\1/')
echo "order $order"

call /queues/orders/ack "{\"receiptHandle\": \"$receipt\"}"
echo
