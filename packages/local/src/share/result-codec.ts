import type { Failure, Outcome, SendResult, SettleResult } from "@alienplatform/bindings";
import type { ReceiptSettlement } from "../engine/port.ts";
import { decodeItemError, encodeError } from "./error-codec.ts";
import { type FrameCursor, type FrameWriter, invalidFrame } from "./frame.ts";

const STORED = 0;
const DEDUPLICATED = 1;
const FAILED = 2;

/** One byte for a stored message: the sender knows the id that it chose. */
export function writeSendResult(frame: FrameWriter, result: SendResult): void {
  if (!result.ok) {
    frame.u8(FAILED);
    frame.text(encodeError(result.error));
  } else if (result.deduplicated) {
    frame.u8(DEDUPLICATED);
    frame.text(result.id);
  } else {
    frame.u8(STORED);
  }
}

/** The inverse of writeSendResult; `id` is what the message was sent with. */
export function readSendResult(cursor: FrameCursor, id: string): SendResult {
  const status = cursor.u8();
  if (status === STORED) return { ok: true, id, deduplicated: false };
  if (status === DEDUPLICATED) return { ok: true, id: cursor.text(), deduplicated: true };
  return { ok: false, error: decodeItemError(cursor.text()) };
}

const APPLIED = 0;
const REPEATED = 1;
const UNKNOWN = 3;
const RESULT_APPLIED: SettleResult = Object.freeze({ ok: true, applied: true });
const RESULT_REPEATED: SettleResult = Object.freeze({ ok: true, applied: false });
const RESULT_UNKNOWN: SettleResult = Object.freeze({ ok: true, applied: "unknown" });

/** One byte for what was settled. */
export function writeSettleResult(frame: FrameWriter, result: SettleResult): void {
  if (!result.ok) {
    frame.u8(FAILED);
    frame.text(encodeError(result.error));
  } else {
    frame.u8(result.applied === true ? APPLIED : result.applied === false ? REPEATED : UNKNOWN);
  }
}

/** The inverse of writeSettleResult. */
export function readSettleResult(cursor: FrameCursor): SettleResult {
  const status = cursor.u8();
  if (status === APPLIED) return RESULT_APPLIED;
  if (status === REPEATED) return RESULT_REPEATED;
  if (status === UNKNOWN) return RESULT_UNKNOWN;
  return { ok: false, error: decodeItemError(cursor.text()) };
}

const ACK = 0;
const ACK_RESULT = 1;
const RELEASE = 2;
const RETRY = 3;
const DEAD_LETTER = 4;
const OUTCOME_ACK: Outcome = Object.freeze({ kind: "ack" });
const OUTCOME_RELEASE: Outcome = Object.freeze({ kind: "release" });

/** A receipt and what became of its delivery. */
export function writeSettlement(frame: FrameWriter, { receipt, outcome }: ReceiptSettlement): void {
  frame.text(receipt);
  switch (outcome.kind) {
    case "ack":
      if (outcome.result === undefined) {
        frame.u8(ACK);
      } else {
        frame.u8(ACK_RESULT);
        frame.text(outcome.result);
      }
      break;
    case "release":
      frame.u8(RELEASE);
      break;
    case "retry":
      frame.u8(RETRY);
      frame.f64(outcome.delayMs);
      frame.text(JSON.stringify(outcome.error));
      break;
    case "deadLetter":
      frame.u8(DEAD_LETTER);
      frame.text(JSON.stringify(outcome.error));
      break;
  }
}

/** The inverse of writeSettlement. */
export function readSettlement(cursor: FrameCursor): ReceiptSettlement {
  return { receipt: cursor.text(), outcome: readOutcome(cursor) };
}

function readOutcome(cursor: FrameCursor): Outcome {
  const kind = cursor.u8();
  switch (kind) {
    case ACK:
      return OUTCOME_ACK;
    case ACK_RESULT:
      return { kind: "ack", result: cursor.text() };
    case RELEASE:
      return OUTCOME_RELEASE;
    case RETRY:
      return { kind: "retry", delayMs: cursor.f64(), error: readFailure(cursor) };
    case DEAD_LETTER:
      return { kind: "deadLetter", error: readFailure(cursor) };
    default:
      throw invalidFrame(`outcome ${kind} is not known`);
  }
}

function readFailure(cursor: FrameCursor): Failure {
  // Written by writeSettlement on the other end; what the engine stores is checked.
  const failure = JSON.parse(cursor.text()) as Failure | null;
  if (typeof failure?.code === "string" && typeof failure.message === "string") return failure;
  throw invalidFrame("an outcome carries a failure without code and message");
}
