"""Sends what programs that know nothing of us send, by Microsoft's client.

Arguments: a connection string, a queue, and one that has sessions. What has the subject "bad" is also dead-lettered.
"""

import sys

from azure.servicebus import ServiceBusClient, ServiceBusMessage
from azure.servicebus.amqp import AmqpAnnotatedMessage

connection_string, queue, sessions = sys.argv[1:]
client = ServiceBusClient.from_connection_string(connection_string)
messages = [
    ServiceBusMessage("text ✓", message_id="text"),
    ServiceBusMessage(b'{"n": 1}', message_id="bytes", content_type="application/json"),
    ServiceBusMessage(b"\xff\xfe", message_id="binary"),
    AmqpAnnotatedMessage(data_body=[b"two ", b"parts"], properties={"message_id": "parts"}),
    AmqpAnnotatedMessage(value_body="a value", properties={"message_id": "value"}),
    AmqpAnnotatedMessage(value_body={"n": 1}, properties={"message_id": "map"}),
    AmqpAnnotatedMessage(sequence_body=[["a", 1], ["b"]], properties={"message_id": "sequence"}),
    ServiceBusMessage(
        '{"n":2}',
        message_id="ours",
        application_properties={
            "alien": '{"v":1,"id":"written-elsewhere","sentAt":1700000000000,"kind":"json","attempt":2}'
        },
    ),
    ServiceBusMessage("{}", message_id="broken", application_properties={"alien": "no envelope"}),
    ServiceBusMessage("bad", message_id="bad", subject="bad"),
]
with client.get_queue_sender(queue) as sender:
    for message in messages:
        sender.send_messages(message)
with client.get_queue_sender(sessions) as sender:
    for number in range(3):
        sender.send_messages(ServiceBusMessage(str(number), session_id="acme"))
with client.get_queue_receiver(queue) as receiver:
    received = []
    while len(received) < len(messages):  # they may come in several parts
        received += receiver.receive_messages(len(messages) - len(received), max_wait_time=60)
    for one in received:
        if one.subject == "bad":
            receiver.dead_letter_message(one, reason="Unreadable", error_description="not a number")
        else:
            receiver.abandon_message(one)
client.close()
