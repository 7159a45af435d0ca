import type { Delivery } from "../queue/driver.ts";

/** A message as an HTTP consumer gets it: the JSON body of the request. */
export interface HttpMessage<T = unknown> {
  readonly queue: string;
  /** The same at every attempt. */
  readonly id: string;
  readonly kind: "json" | "text";
  /** A string where the kind is "text". */
  readonly payload: T;
  /** 1 on first delivery. */
  readonly attempt: number;
  /** When it was sent: ISO 8601, UTC, milliseconds. */
  readonly enqueuedAt: string;
  /** The name that call() gave it; left out where there is none. */
  readonly job?: string;
  /** Of a FIFO queue. */
  readonly group?: string;
  /** What the sender put beside the payload; left out where there is nothing. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/**
 * The body of the request, from a delivery whose body is known to be what its kind says. JSON goes in as it
 * is: to parse it and write it again would round big integers.
 */
export function encodeHttpMessage(queue: string, delivery: Delivery): Uint8Array<ArrayBuffer> {
  const { id, attempt, sentAt, group, headers } = delivery;
  const { kind, job, attributes } = headers;
  const text = typeof delivery.body === "string" ? delivery.body : utf8.decode(delivery.body);
  const fields = [
    `"queue":${JSON.stringify(queue)}`,
    `"id":${JSON.stringify(id)}`,
    `"kind":"${kind}"`,
    `"payload":${kind === "json" ? text : JSON.stringify(text)}`,
    `"attempt":${attempt}`,
    `"enqueuedAt":"${new Date(sentAt).toISOString()}"`,
    ...(job === undefined ? [] : [`"job":${JSON.stringify(job)}`]),
    ...(group === undefined ? [] : [`"group":${JSON.stringify(group)}`]),
    ...(attributes === undefined ? [] : [`"attributes":${JSON.stringify(attributes)}`]),
  ];
  return new TextEncoder().encode(`{${fields.join(",")}}`);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
