import { connect, type Socket } from "node:net";
import { KeepAlive } from "../../packages/local/src/share/keep-alive.ts";
import { LinkedQueues } from "../../packages/local/src/share/linked-queues.ts";
import { OwnerLink } from "../../packages/local/src/share/owner-link.ts";
import { Chance } from "../simulation/chance.ts";
import { type Budget, type Row, spending } from "./budget.ts";
import type { ServedDev } from "./served-dev.ts";

/** Connections at once. */
const AT_ONCE = 8;
/** One that dev keeps open, since nothing was wrong with what it was told, is closed from here after that. */
const PATIENCE_MS = 50;

/** S12: frames of the local queues' socket that are cut, changed, repeated, out of order, or none. */
export async function fuzzSocket(dev: ServedDev, budget: Budget, seed: number): Promise<Row> {
  const chance = new Chance(seed);
  const goesOn = spending(budget);
  let done = 0;
  let refused = 0;
  let violation = await dev.problem();
  while (goesOn(done) && violation === undefined) {
    const closed = await Promise.all(
      Array.from({ length: AT_ONCE }, () => asked(dev.socket, bytesOf(chance), chance)),
    );
    refused += closed.filter(Boolean).length;
    done += AT_ONCE;
    if (done % 800 === 0) violation = await dev.problem();
    if (done % 8_000 === 0) console.error(`fuzz of the socket: ${done} connections`);
  }
  violation ??= await dev.problem();
  return {
    area: "S12 the local queues' socket, fuzzed",
    done: `${done} connections, ${refused} of them ended by the owner`,
    violations: violation === undefined ? [] : [violation],
  };
}

/** Writes in pieces; answers whether the other end hung up. */
async function asked(path: string, bytes: Buffer, chance: Chance): Promise<boolean> {
  const socket: Socket = connect(path);
  // Whoever hangs up while we write is told by "close" as well.
  socket.on("error", () => undefined);
  socket.resume();
  const closed = new Promise<true>((resolve) => void socket.once("close", () => resolve(true)));
  const pieces = chance.int(1, 4);
  for (let piece = 0; piece < pieces; piece++) {
    const size = Math.ceil(bytes.length / pieces);
    if (!socket.destroyed) socket.write(bytes.subarray(piece * size, (piece + 1) * size));
  }
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), chance.int(0, PATIENCE_MS));
  });
  const ended = await Promise.race([closed, patience]);
  clearTimeout(timer);
  socket.destroy();
  return ended;
}

/** What a good process would write, and what becomes of it. */
function bytesOf(chance: Chance): Buffer {
  if (chance.is(0.05)) return Buffer.from(chance.bytes(chance.int(1, 5_000)));
  const frames = [...goodFrames(chance)];
  const harms = chance.int(0, 3);
  for (let harm = 0; harm < harms; harm++) {
    const at = chance.int(0, frames.length - 1);
    const frame = Buffer.from(frames[at] ?? []);
    const byte = chance.int(0, Math.max(0, frame.length - 1));
    const kind = chance.int(0, 6);
    if (kind === 0) frame[byte] = (frame[byte] ?? 0) ^ (1 << chance.int(0, 7));
    if (kind === 1 && frame.length > 4) frame[4] = chance.int(0, 255);
    if (kind === 2 && frame.length >= 4)
      frame.writeUInt32BE(chance.pick([0, 1, 5, 0xffff, 0xffffffff]), 0);
    if (kind === 3) frame.set(chance.bytes(Math.min(8, frame.length - byte)), byte);
    if (kind === 4) frames.splice(at, 1, frame.subarray(0, byte));
    else if (kind === 5) frames.splice(at, 0, frame);
    else if (kind === 6) frames.splice(at, 1);
    else frames.splice(at, 1, frame);
    if (frames.length === 0) break;
  }
  return Buffer.concat(frames);
}

/** The hello and some requests, as our own client writes them. */
function goodFrames(chance: Chance): readonly Buffer[] {
  const frames: Buffer[] = [];
  const link = new OwnerLink(
    { welcome: () => undefined, refused: () => undefined },
    new KeepAlive(),
    "power",
  );
  const queues = new LinkedQueues(link);
  const queue = chance.pick(["tasks", "orders", "nobody's"]);
  const id = chance.hex(26);
  const message = { id, body: "1", headers: { kind: "json" }, sentAt: Date.now() } as const;
  const requests: readonly (() => Promise<unknown>)[] = [
    () => queues.send(queue, [message, { ...message, id: chance.hex(26), delayMs: 5 }]),
    () => queues.take(queue, { max: 2, waitMs: 5, leaseMs: 1_000 }),
    () => queues.list(),
    () => queues.call(queue, "stats", []),
    () => queues.settle(queue, [{ receipt: chance.hex(40), outcome: { kind: "ack" } }]),
    () => queues.extend(queue, [chance.hex(40)], 1_000),
  ];
  for (let count = chance.int(1, 4); count > 0; count--) {
    // Nobody answers: what was asked ends with the link below.
    chance
      .any(requests)?.()
      .catch(() => undefined);
  }
  link.attach({
    write: (written) => void frames.push(...written.map((each) => Buffer.from(each))),
    end: () => undefined,
  });
  link.failAll(new Error("only written down"));
  return frames;
}
