"""Holds a server to what Microsoft's client of Service Bus expects of it.

Arguments: a connection string; the URL of the server's clock, which moves on only when it is told to; where the client's
own AMQP is not to be used but Microsoft's in C, which needs TLS, also the port of that and the certificate. Queues:
"plain"; "thrice", which gives up after three deliveries; "sessions". Locks are of a minute. The dead letters of "plain"
are forwarded to "dead". Writes what each check came to as JSON: "ok", or what went wrong.
"""

import json
import sys
import threading
import traceback
import urllib.request
from datetime import datetime, timedelta, timezone

from azure.servicebus import (
    NEXT_AVAILABLE_SESSION,
    ServiceBusClient,
    ServiceBusMessage,
    ServiceBusReceiveMode,
    ServiceBusSubQueue,
    TransportType,
)
from azure.servicebus.exceptions import (
    MessageLockLostError,
    MessageSizeExceededError,
    OperationTimeoutError,
    ServiceBusError,
    SessionCannotBeLockedError,
    SessionLockLostError,
)

checks = []
connection_string, clock, *tls = sys.argv[1:]
in_c = {}
if tls:
    in_c = {
        "uamqp_transport": True,
        "transport_type": TransportType.Amqp,
        "custom_endpoint_address": f"sb://localhost:{tls[0]}",
        "connection_verify": tls[1],
    }
client = ServiceBusClient.from_connection_string(connection_string, retry_total=0, **in_c)


def check(does):
    checks.append(does)
    return does


def send(queue, *messages):
    with client.get_queue_sender(queue) as sender:
        for message in messages:
            sender.send_messages(message)


def wind(seconds=0):
    """Moves the server's clock on and answers what it shows then: years ahead of this machine's."""
    with urllib.request.urlopen(f"{clock}{int(seconds * 1000)}") as answer:
        return datetime.fromtimestamp(int(answer.read()) / 1000, timezone.utc)


def take(receiver, most=1, wait=60):
    """As many as asked for, which may come in several parts."""
    taken = []
    while len(taken) < most:
        part = receiver.receive_messages(most - len(taken), max_wait_time=wait)
        if not part:
            break
        taken += part
    return taken


def none_left(queue):
    with client.get_queue_receiver(queue) as receiver:
        assert receiver.peek_messages(10) == []


def text(message):
    body = message.body
    return (body if isinstance(body, bytes) else b"".join(body)).decode()


def refused(kind, does):
    try:
        does()
    except kind as error:
        return error
    raise AssertionError(f"it was not refused with {kind.__name__}")


@check
def a_message_arrives_as_it_was_sent_with_what_the_service_adds():
    before = wind()
    message = ServiceBusMessage(
        "hello ✓",
        message_id="m1",
        content_type="text/plain",
        correlation_id="c1",
        subject="greeting",
        application_properties={"text": "ä", "number": 7, "yes": True},
    )
    send("plain", message)
    with client.get_queue_receiver("plain") as receiver:
        (got,) = take(receiver)
        assert text(got) == "hello ✓", text(got)
        assert (got.message_id, got.content_type, got.correlation_id, got.subject) == (
            "m1",
            "text/plain",
            "c1",
            "greeting",
        )
        properties = {
            (k.decode() if isinstance(k, bytes) else k): v.decode() if isinstance(v, bytes) else v
            for k, v in got.application_properties.items()
        }
        assert properties == {"text": "ä", "number": 7, "yes": True}, properties
        assert not got.delivery_count, got.delivery_count
        assert got.sequence_number > 0
        assert before <= got.enqueued_time_utc < got.locked_until_utc
        assert got.lock_token is not None
        receiver.complete_message(got)
    none_left("plain")


@check
def a_batch_arrives_whole_and_in_its_order():
    with client.get_queue_sender("plain") as sender:
        batch = sender.create_message_batch()
        assert batch.max_size_in_bytes == 262144, batch.max_size_in_bytes
        for number in range(200):
            batch.add_message(ServiceBusMessage(str(number)))
        sender.send_messages(batch)
    with client.get_queue_receiver("plain") as receiver:
        got = take(receiver, 200)
        assert [text(one) for one in got] == [str(number) for number in range(200)]
        for one in got:
            receiver.complete_message(one)
    none_left("plain")


@check
def what_is_too_large_is_refused():
    refused(
        MessageSizeExceededError, lambda: send("plain", ServiceBusMessage("x" * 300_000))
    )
    none_left("plain")


@check
def a_message_that_was_abandoned_comes_back_and_counts():
    send("plain", ServiceBusMessage("again"))
    with client.get_queue_receiver("plain") as receiver:
        for deliveries in range(3):
            (got,) = take(receiver)
            assert (got.delivery_count or 0) == deliveries, got.delivery_count
            if deliveries < 2:
                receiver.abandon_message(got)
        receiver.complete_message(got)
    none_left("plain")


@check
def a_dead_letter_is_forwarded_with_its_reason():
    send("plain", ServiceBusMessage("bad", application_properties={"mine": "kept"}))
    with client.get_queue_receiver("plain") as receiver:
        (got,) = take(receiver)
        receiver.dead_letter_message(got, reason="Broken", error_description="in two")
    with client.get_queue_receiver("dead") as receiver:
        (got,) = take(receiver)
        assert (got.dead_letter_reason, got.dead_letter_error_description) == ("Broken", "in two")
        assert got.dead_letter_source == "plain", got.dead_letter_source
        assert text(got) == "bad"
        assert got.application_properties.get(b"mine", got.application_properties.get("mine"))
        receiver.complete_message(got)
    none_left("plain")


@check
def what_is_delivered_too_often_is_a_dead_letter():
    send("thrice", ServiceBusMessage("bad"))
    with client.get_queue_receiver("thrice") as receiver:
        for _ in range(3):
            (got,) = take(receiver)
            receiver.abandon_message(got)
        assert take(receiver, wait=1) == []
    with client.get_queue_receiver(
        "thrice", sub_queue=ServiceBusSubQueue.DEAD_LETTER
    ) as receiver:
        (got,) = take(receiver)
        assert got.dead_letter_reason == "MaxDeliveryCountExceeded", got.dead_letter_reason
        receiver.complete_message(got)


@check
def a_renewed_lock_holds():
    send("plain", ServiceBusMessage("long"))
    with client.get_queue_receiver("plain") as receiver:
        (got,) = take(receiver)
        until = got.locked_until_utc
        for _ in range(2):
            wind(40)
            assert receiver.renew_message_lock(got) > until
        receiver.complete_message(got)
    none_left("plain")


@check
def a_lock_that_has_ended_is_refused_and_counts():
    send("plain", ServiceBusMessage("late"))
    with client.get_queue_receiver("plain") as receiver:
        (late,) = take(receiver)
        wind(61)
        (again,) = take(receiver)
        assert again.delivery_count == 1, again.delivery_count
        refused(MessageLockLostError, lambda: receiver.renew_message_lock(late))
        if not in_c:  # which does not wait for the answer
            refused(MessageLockLostError, lambda: receiver.complete_message(late))
        receiver.complete_message(again)
    none_left("plain")


@check
def a_scheduled_message_arrives_when_it_is_due():
    due = wind() + timedelta(minutes=2)
    with client.get_queue_sender("plain") as sender:
        (place,) = sender.schedule_messages(ServiceBusMessage("later"), due)
    with client.get_queue_receiver("plain") as receiver:
        (seen,) = receiver.peek_messages(10)
        assert seen.state.name == "SCHEDULED", seen.state
        assert seen.sequence_number == place
        assert abs(seen.scheduled_enqueue_time_utc - due) < timedelta(seconds=1)
        wind(119)
        assert take(receiver, wait=1) == []
        wind(1)
        (got,) = take(receiver)
        receiver.complete_message(got)
    none_left("plain")


@check
def a_scheduled_message_can_be_cancelled():
    due = wind() + timedelta(minutes=5)
    with client.get_queue_sender("plain") as sender:
        places = sender.schedule_messages([ServiceBusMessage("one"), ServiceBusMessage("two")], due)
        assert len(places) == 2
        sender.cancel_scheduled_messages(places)
        refused(ServiceBusError, lambda: sender.cancel_scheduled_messages(places))
    none_left("plain")


@check
def a_look_takes_nothing_and_goes_on_after_a_place():
    send("plain", *(ServiceBusMessage(str(number)) for number in range(5)))
    with client.get_queue_receiver("plain") as receiver:
        first = receiver.peek_messages(3)
        rest = receiver.peek_messages(10, sequence_number=first[-1].sequence_number + 1)
        assert [text(one) for one in first + rest] == ["0", "1", "2", "3", "4"]
        got = take(receiver, 5)
        assert len(got) == 5
        again = receiver.peek_messages(10, sequence_number=first[0].sequence_number)
        assert len(again) == 5  # what is locked is shown too
        for one in got:
            receiver.complete_message(one)
    none_left("plain")


@check
def what_is_deleted_as_it_is_received_is_gone():
    send("plain", ServiceBusMessage("one"), ServiceBusMessage("two"))
    with client.get_queue_receiver(
        "plain", receive_mode=ServiceBusReceiveMode.RECEIVE_AND_DELETE
    ) as receiver:
        assert [text(one) for one in take(receiver, 2)] == ["one", "two"]
    none_left("plain")


@check
def what_has_outlived_its_time_is_gone():
    send("plain", ServiceBusMessage("brief", time_to_live=timedelta(minutes=1)))
    wind(61)
    with client.get_queue_receiver("plain") as receiver:
        assert take(receiver, wait=1) == []
    none_left("plain")


@check
def each_message_goes_to_one_receiver():
    send("plain", *(ServiceBusMessage(str(number)) for number in range(20)))
    with client.get_queue_receiver("plain") as one, client.get_queue_receiver("plain") as other:
        seen = []
        while len(seen) < 20:
            for receiver in (one, other):
                for got in receiver.receive_messages(3, max_wait_time=2):
                    seen.append(text(got))
                    receiver.complete_message(got)
        assert sorted(seen, key=int) == [str(number) for number in range(20)]
    none_left("plain")


@check
def a_queue_that_is_not_there_is_refused():
    error = refused(ServiceBusError, lambda: send("nowhere", ServiceBusMessage("lost")))
    assert "'nowhere' could not be found" in str(error), error


@check
def the_next_session_is_given_with_its_messages_in_order_and_its_state():
    for number in range(3):
        send(
            "sessions",
            ServiceBusMessage(f"a{number}", session_id="a"),
            ServiceBusMessage(f"b{number}", session_id="b"),
        )
    seen = {}
    for _ in range(2):
        with client.get_queue_receiver(
            "sessions", session_id=NEXT_AVAILABLE_SESSION, max_wait_time=5
        ) as receiver:
            session = receiver.session
            assert session.get_state() is None
            session.set_state("half way")
            assert session.get_state() == b"half way", session.get_state()
            session.set_state(None)
            got = take(receiver, 3)
            seen[session.session_id] = [text(one) for one in got]
            assert {one.session_id for one in got} == {session.session_id}
            for one in got:
                receiver.complete_message(one)
    assert seen == {"a": ["a0", "a1", "a2"], "b": ["b0", "b1", "b2"]}, seen


@check
def a_session_that_somebody_has_is_refused_to_others():
    send("sessions", ServiceBusMessage("one", session_id="mine"))
    with client.get_queue_receiver("sessions", session_id="mine") as receiver:
        (got,) = take(receiver)

        def steal():
            with client.get_queue_receiver("sessions", session_id="mine"):
                pass

        refused(SessionCannotBeLockedError, steal)
        receiver.complete_message(got)


@check
def where_no_session_has_anything_the_wait_ends():
    if in_c:
        return  # it waits for a minute, whatever it is told

    def wait():
        with client.get_queue_receiver(
            "sessions", session_id=NEXT_AVAILABLE_SESSION, max_wait_time=1
        ):
            pass

    ended = threading.Event()

    def time_passes():
        while not ended.wait(0.1):
            wind(1)

    passing = threading.Thread(target=time_passes)
    passing.start()
    try:
        refused(OperationTimeoutError, wait)
    finally:
        ended.set()
        passing.join()


@check
def a_session_lock_holds_as_long_as_it_is_renewed():
    send("sessions", ServiceBusMessage("one", session_id="long"))
    with client.get_queue_receiver("sessions", session_id="long") as receiver:
        (got,) = take(receiver)
        until = receiver.session.locked_until_utc
        for _ in range(2):
            wind(40)
            assert receiver.session.renew_lock() > until
        receiver.complete_message(got)


@check
def what_a_session_had_on_loan_when_its_lock_ended_counts():
    send("sessions", ServiceBusMessage("one", session_id="lost"))
    with client.get_queue_receiver("sessions", session_id="lost") as receiver:
        (got,) = take(receiver)
        wind(61)
        if not in_c:  # which does not wait for the answer
            refused(SessionLockLostError, lambda: receiver.complete_message(got))
    with client.get_queue_receiver("sessions", session_id="lost") as receiver:
        (got,) = take(receiver)
        assert got.delivery_count == 1, got.delivery_count
        receiver.complete_message(got)


@check
def what_a_session_had_on_loan_when_it_was_closed_does_not_count():
    send("sessions", ServiceBusMessage("one", session_id="closed"))
    with client.get_queue_receiver("sessions", session_id="closed") as receiver:
        take(receiver)
    with client.get_queue_receiver("sessions", session_id="closed") as receiver:
        (got,) = take(receiver)
        assert not got.delivery_count, got.delivery_count
        receiver.complete_message(got)


@check
def a_queue_of_sessions_refuses_a_message_and_a_receiver_without_one():
    refused(ServiceBusError, lambda: send("sessions", ServiceBusMessage("no session")))

    def receive():
        with client.get_queue_receiver("sessions") as receiver:
            receiver.receive_messages(1, max_wait_time=1)

    refused(ServiceBusError, receive)


results = {}
for one in checks:
    try:
        one()
        results[one.__name__] = "ok"
    except BaseException:  # a check may fail in any way, and the next is to run
        results[one.__name__] = traceback.format_exc()
client.close()
print(json.dumps({name.replace("_", " "): result for name, result in results.items()}))
