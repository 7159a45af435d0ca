import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Election } from "../../src/share/election.ts";
import { FrameCursor, FrameReader, FrameWriter } from "../../src/share/frame.ts";
import { KeepAlive } from "../../src/share/keep-alive.ts";
import { LinkedQueues } from "../../src/share/linked-queues.ts";
import { loopBack } from "../../src/share/loopback.ts";
import { OwnerLink } from "../../src/share/owner-link.ts";
import { OwnerServer } from "../../src/share/owner-server.ts";
import { Operation, PROTOCOL_VERSION } from "../../src/share/protocol.ts";
import { SharedQueues } from "../../src/share/shared-queues.ts";
import { socketWire } from "../../src/share/wire.ts";
import { RecordingQueues } from "./recording-queues.ts";

const SESSION = "0123456789abcdef";

let folder: string;
let path: string;
let queues: RecordingQueues;
let server: OwnerServer;
const sockets: Socket[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "alien-share-"));
  path = join(folder, "socket");
  queues = new RecordingQueues();
  server = await OwnerServer.listen(queues, path);
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.dismiss();
  server.end();
  await rm(folder, { recursive: true });
});

function open(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => resolve(socket));
    socket.on("error", reject);
    sockets.push(socket);
  });
}

/** What comes before the connection is closed, as [operation, text]. */
function answers(socket: Socket): Promise<(readonly [number, string])[]> {
  const frames: (readonly [number, string])[] = [];
  const reader = new FrameReader((operation, _request, buffer, at, end) => {
    frames.push([operation, buffer.toString("utf8", at, end)]);
  });
  return new Promise((resolve) => {
    socket.on("data", (chunk) => reader.push(chunk));
    socket.on("close", () => resolve(frames));
  });
}

function hello(version = PROTOCOL_VERSION): Buffer {
  const frame = new FrameWriter();
  frame.begin(Operation.Hello, 0);
  frame.u32(version);
  frame.text(SESSION);
  frame.f64(1);
  frame.u32(process.pid);
  frame.f64(0);
  frame.u8(1);
  return frame.end();
}

function frameOf(operation: number, request: number, payload: Uint8Array = Buffer.alloc(0)) {
  const frame = new FrameWriter();
  frame.begin(operation, request);
  frame.raw(payload);
  return frame.end();
}

/** A link over a socket of its own, as another process has one. */
async function linked() {
  const socket = await open();
  const link = new OwnerLink(
    { welcome: () => undefined, refused: (error) => link.failAll(error) },
    new KeepAlive(),
    "power",
  );
  socket.on("data", (chunk) => link.receive(chunk));
  socket.on("close", () => link.detach());
  link.attach(socketWire(socket));
  return { link, socket, queues: new LinkedQueues(link) };
}

const message = { id: "a".repeat(26), body: "1", headers: { kind: "json" }, sentAt: 1 } as const;

describe("the owner's socket", () => {
  it("is for its user alone", async () => {
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it("replaces what a dead owner left behind", async () => {
    const other = join(folder, "stale");
    await writeFile(other, "");
    const second = await OwnerServer.listen(queues, other);
    expect((await stat(other)).isSocket()).toBe(true);
    await second.dismiss();
  });

  it.each([
    ["bytes at random", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
    ["a frame that is too long", Buffer.from([255, 255, 255, 255])],
    ["a request before the hello", frameOf(Operation.Send, 1)],
    ["an operation that does not exist", Buffer.concat([hello(), frameOf(33, 1)])],
    ["a send cut short", Buffer.concat([hello(), frameOf(Operation.Send, 1, Buffer.from([0, 0]))])],
    [
      "a count that the frame does not hold",
      Buffer.concat([
        hello(),
        frameOf(Operation.Send, 1, Buffer.from([0, 0, 0, 1, 97, 255, 255, 255, 255])),
      ]),
    ],
    [
      "a take for a time that is none",
      Buffer.concat([
        hello(),
        frameOf(
          Operation.Take,
          1,
          Buffer.from([0x7f, 0xf8, 0, 0, 0, 0, 0, 0, ...Array(28).fill(0)]),
        ),
      ]),
    ],
    [
      "a call of a method that is not a queue's",
      Buffer.concat([
        hello(),
        frameOf(Operation.Call, 1, Buffer.from([0, 0, 0, 5, ...Buffer.from("close")])),
      ]),
    ],
    [
      "arguments that are no JSON",
      Buffer.concat([
        hello(),
        frameOf(
          Operation.Call,
          1,
          Buffer.from([0, 0, 0, 4, ...Buffer.from("list"), 0, 0, 0, 1, 1]),
        ),
      ]),
    ],
  ])("answers %s with an error and closes that connection only", async (_what, bytes) => {
    const good = await linked();
    const bad = await open();
    const closed = answers(bad);
    bad.write(bytes);
    const [operation, text] = (await closed).at(-1) ?? [0, ""];
    expect(operation).toBe(Operation.Failed);
    expect(text).toContain('"code":"PROTOCOL_INVALID"');
    await expect(good.queues.send("tasks", [message])).resolves.toMatchObject([{ ok: true }]);
  });

  it("reads nothing behind a frame that it has refused, and hangs up on who does not", async () => {
    const bad = connect({ path, allowHalfOpen: true });
    sockets.push(bad);
    const refused = answers(bad);
    const attached = queues.next();
    bad.write(hello());
    await attached;
    const ended = queues.next();
    bad.once("data", () => bad.write(Buffer.from([255, 255, 255, 255, 3, 0, 0, 0, 1])));
    bad.on("end", () => {
      const text = (value: string) => {
        const bytes = Buffer.alloc(4 + Buffer.byteLength(value));
        bytes.writeUInt32BE(bytes.length - 4);
        bytes.write(value, 4);
        return bytes;
      };
      bad.write(frameOf(Operation.Call, 2, Buffer.concat([text("declare"), text("[]")])));
    });
    bad.on("error", () => undefined);
    await Promise.all([refused, ended]);
    expect(queues.asked).toEqual([`attach ${SESSION}`, `end ${SESSION}`]);
  });

  it("takes a frame in pieces of one byte", async () => {
    const socket = await open();
    socket.setNoDelay(true);
    const closed = answers(socket);
    const bytes = Buffer.concat([
      hello(),
      frameOf(Operation.Ping, 0),
      frameOf(Operation.Goodbye, 0),
    ]);
    for (const byte of bytes) {
      await new Promise<void>((resolve) => {
        socket.write(Buffer.from([byte]), () => resolve());
      });
    }
    expect((await closed).map(([operation]) => operation)).toEqual([
      Operation.Welcome,
      Operation.Pong,
      Operation.Goodbye,
    ]);
  });

  it("refuses another version of the protocol by name", async () => {
    const socket = await open();
    const closed = answers(socket);
    socket.write(hello(PROTOCOL_VERSION + 1));
    const [[operation, text] = [0, ""]] = await closed;
    expect(operation).toBe(Operation.Failed);
    const cursor = new FrameCursor();
    cursor.reset(Buffer.from(text), 0, Buffer.byteLength(text));
    expect(JSON.parse(cursor.text())).toMatchObject({
      code: "PROTOCOL_VERSION",
      details: { owner: PROTOCOL_VERSION, own: PROTOCOL_VERSION + 1 },
    });
  });

  it("ends the session of a process that closes without a goodbye, in the middle of a frame too", async () => {
    const socket = await open();
    const closed = answers(socket);
    const attached = queues.next();
    socket.write(
      Buffer.concat([hello(), frameOf(Operation.Send, 1, Buffer.alloc(50)).subarray(0, 20)]),
    );
    await attached;
    const ended = queues.next();
    socket.destroy();
    await Promise.all([ended, closed]);
    expect(queues.asked).toEqual([`attach ${SESSION}`, `end ${SESSION}`]);
  });

  it("keeps the session of a process that says goodbye", async () => {
    const { link, queues: other } = await linked();
    await other.send("tasks", [message]);
    await other.close();
    await server.dismiss();
    expect(queues.asked.at(0)).toBe(`attach ${link.session}`);
    expect(queues.asked.at(-1)).toBe(`leave ${link.session}`);
    expect(queues.asked).not.toContain(`end ${link.session}`);
  });
});

describe("a process that does not own the store", () => {
  it("sends requests without an answer again, in order and under the same numbers", async () => {
    const { link, queues: other, socket } = await linked();
    await other.send("tasks", [message]);
    socket.removeAllListeners("data");
    const asked = queues.next();
    const sends = ["2", "3"].map((body) => other.send("tasks", [{ ...message, body }]));
    await asked;
    socket.destroy();
    link.detach();
    const again = await open();
    again.on("data", (chunk) => link.receive(chunk));
    link.attach(socketWire(again));
    expect((await Promise.all(sends)).flat()).toMatchObject([{ ok: true }, { ok: true }]);
    const bodies = queues.asked.filter((what) => what.startsWith("send"));
    expect(bodies.slice(-2)).toEqual(["send tasks 2", "send tasks 3"]);
    expect(queues.origins.slice(-2)).toEqual([
      { session: link.session, request: 2 },
      { session: link.session, request: 3 },
    ]);
  });

  it("gives back what a take brings after its abort", async () => {
    const { queues: other } = await linked();
    const abort = new AbortController();
    const delivery = { ...message, receipt: "r1", attempt: 1 };
    const options = { max: 1, leaseMs: 1_000, waitMs: 60_000 };
    const asked = queues.next();
    queues.ready.push(delivery);
    const taken = other.take("tasks", options, abort.signal);
    abort.abort();
    await expect(taken).resolves.toEqual([]);
    await asked;
    await other.close();
    expect(queues.asked).toContain("settle tasks r1:release");
  });

  it("ends a wait at the owner when it aborts", async () => {
    const { queues: other } = await linked();
    const abort = new AbortController();
    const asked = queues.next();
    const taken = other.take("tasks", { max: 1, leaseMs: 1_000, waitMs: 60_000 }, abort.signal);
    await asked;
    abort.abort();
    await expect(taken).resolves.toEqual([]);
    await other.close();
    expect(queues.asked).toContain("wait ended");
  });

  it("says whether what it is told has to survive the power", async () => {
    const { queues: other } = await linked();
    await other.send("tasks", [message]);
    expect(queues.durability).toBe("power");
  });

  it("says who asks for a redrive or discard, so that it can be repeated", async () => {
    const { link, queues: other } = await linked();
    await other.call("tasks", "redrive", [["a"]]);
    await other.call("tasks", "discard", [["a"]]);
    expect(queues.origins).toEqual([
      { session: link.session, request: 1 },
      { session: link.session, request: 2 },
    ]);
  });

  it("ends the wait of a call that is given up, and keeps nobody alive", async () => {
    const { link, queues: other } = await linked();
    queues.waits = true;
    const given = new AbortController();
    const asked = queues.next();
    const rejected = expect(
      other.call("tasks", "stats", [], { signal: given.signal }),
    ).rejects.toMatchObject({ code: "ABORTED" });
    await asked;
    expect(link.busy).toBe(false);
    const ended = queues.next();
    given.abort();
    await rejected;
    await ended;
    expect(queues.asked.at(-1)).toBe("call ended");
  });

  it("leaves a call that waits to the next owner", async () => {
    const { link, queues: other } = await linked();
    queues.waits = true;
    const asked = queues.next();
    const waiting = other.call("tasks", "stats", [], { signal: new AbortController().signal });
    await asked;
    await server.dismiss();
    queues.waits = false;
    loopBack(link, queues);
    expect(await waiting).toMatchObject({ ready: 1 });
  });

  it("gets an answer that does not fit into one frame", async () => {
    const { queues: other } = await linked();
    const [peeked] = await other.call("tasks", "peek", [{ limit: 1 }]);
    expect(peeked?.body).toHaveLength(10 * 1024 * 1024);
  });

  it("gets the owner's errors as they were thrown", async () => {
    const { queues: other } = await linked();
    await expect(other.call("", "purge", [])).rejects.toThrow(new TypeError("a name is missing"));
  });

  it.each<[string, (other: LinkedQueues, text: string) => Promise<unknown>]>([
    ["send", (other, body) => other.send("tasks", [{ ...message, body }])],
    ["settle", (other, receipt) => other.settle("tasks", [{ receipt, outcome: { kind: "ack" } }])],
    ["extend", (other, receipt) => other.extend("tasks", [receipt], 1_000)],
    ["redrive", (other, id) => other.call("tasks", "redrive", [[id]])],
  ])("refuses what no frame can hold in one %s, and goes on", async (what, call) => {
    const { queues: other } = await linked();
    const others = other.send("tasks", [message]);
    await expect(call(other, "x".repeat(17 * 1024 * 1024))).rejects.toMatchObject({
      code: "MESSAGE_TOO_LARGE",
      message: expect.stringContaining(`one ${what}`),
    });
    await expect(others).resolves.toMatchObject([{ ok: true }]);
    await expect(other.send("tasks", [message])).resolves.toMatchObject([{ ok: true }]);
  });

  it("believes no owner of a lower term than it has seen", async () => {
    queues.term = 2;
    const election = new Election({
      directory: folder,
      patienceMs: 10_000,
      durability: "power",
      open: async () => undefined,
    });
    const shared = new SharedQueues(election, () => election.leave());
    await shared.send("tasks", [message]);
    await server.dismiss();
    server.end();
    const past = new RecordingQueues();
    const stale = await OwnerServer.listen(past, path);
    const attached = past.next();
    const sent = shared.send("tasks", [message]);
    await attached;
    await stale.dismiss();
    stale.end();
    const current = new RecordingQueues();
    current.term = 3;
    server = await OwnerServer.listen(current, path);
    expect(await sent).toMatchObject([{ ok: true }]);
    expect(current.asked).toContain("send tasks 1");
    await shared.close();
  });
});
