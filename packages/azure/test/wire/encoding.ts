import { randomBytes } from "node:crypto";
import rhea, { type Typed } from "rhea";

const { types } = rhea;

/** A lock token: 16 bytes in the order of its text. */
export function newToken(): Buffer {
  return randomBytes(16);
}

/** Between the order of a lock token's text and .NET's own, which Service Bus uses for delivery tags. */
export function netOrder(token: Buffer): Buffer {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  return Buffer.from(order.map((index) => token[index] ?? 0));
}

/** .NET counts 100 ns from the year 1. */
const TICKS_BEFORE_1970 = 621_355_968_000_000_000n;

/** A time as .NET ticks, which is how an attach tells until when a session is locked. */
export function ticks(ms: number): Typed {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(Math.round(ms)) * 10_000n + TICKS_BEFORE_1970);
  return types.wrap_long(bytes);
}

/** A long as clients write it: in a number where it fits, in bytes where they think of larger ones. */
export function readLong(value: unknown): number {
  return Buffer.isBuffer(value) ? Number(value.readBigInt64BE()) : Number(value);
}

/** A failure as AMQP writes it. Microsoft's Python client reads all three fields, so none is left out. */
export interface WireError {
  readonly condition: string;
  readonly description: string;
  readonly info: Readonly<Record<string, never>>;
}

/** A failure as AMQP tells it; thrown inside the server, written to the link or the answer. */
export class AmqpFailure extends Error {
  readonly condition: string;

  constructor(condition: string, description: string = condition) {
    super(description);
    this.condition = condition;
  }

  get error(): WireError {
    return { condition: this.condition, description: this.message, info: {} };
  }
}

/** What anything that was thrown is on the wire. */
export function toAmqpError(thrown: unknown): WireError {
  const failure =
    thrown instanceof AmqpFailure ? thrown : new AmqpFailure("amqp:internal-error", String(thrown));
  return failure.error;
}

/** The name of an entity in a link's address; Microsoft's C and Python clients send whole URIs. */
export function entityOf(address: string): string {
  return address.replace(/^(amqps?|sb):\/\/[^/]*\//, "");
}
