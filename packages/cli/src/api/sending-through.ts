import type { ServedClient } from "@alienplatform/api";

/** A client that sends by one and receives by another: one whose schema is asked before, and one that gives what is there. */
export function sendingThrough(sender: ServedClient, receiver: ServedClient): ServedClient {
  return {
    name: receiver.name,
    send: sender.send.bind(sender),
    sendBatch: sender.sendBatch.bind(sender),
    call: sender.call.bind(sender),
    receive: receiver.receive.bind(receiver),
    ack: receiver.ack.bind(receiver),
    nack: receiver.nack.bind(receiver),
    extend: receiver.extend.bind(receiver),
    deadLetter: receiver.deadLetter.bind(receiver),
  };
}
