"""Receives and completes what a queue holds, as Microsoft's client sees it, and writes it as JSON.

Arguments: a connection string, the queue, how many it holds, and a session of it where it has any.
"""

import json
import sys

from azure.servicebus import ServiceBusClient


def text(value):
    return value.decode() if isinstance(value, bytes) else value


connection_string, queue, count, *session = sys.argv[1:]
client = ServiceBusClient.from_connection_string(connection_string)
with client.get_queue_receiver(queue, session_id=session[0] if session else None) as receiver:
    scheduled = [
        {"body": text(b"".join(one.body)), "due": one.scheduled_enqueue_time_utc.timestamp() * 1000}
        for one in receiver.peek_messages(100)
        if one.state.name == "SCHEDULED"
    ]
    messages = []
    while len(messages) < int(count):
        for one in receiver.receive_messages(100, max_wait_time=60):
            messages.append(
                {
                    "body": text(b"".join(one.body)),
                    "bodyType": one.body_type.name,
                    "messageId": one.message_id,
                    "contentType": one.content_type,
                    "sessionId": one.session_id,
                    "properties": {
                        text(name): text(value)
                        for name, value in (one.application_properties or {}).items()
                    },
                }
            )
            receiver.complete_message(one)
client.close()
print(json.dumps({"messages": messages, "scheduled": scheduled}))
