import { expect, test } from "vitest";
import { memoryStorage, type Storage } from "../src/engine/index.ts";
import { Desk } from "./engine-desk.ts";

/** A store on a disk that can be filled: a reserve pays for a few writes more. */
class SmallDisk {
  readonly storage: Storage;
  full = false;
  reserved = true;
  #left = 0;

  constructor() {
    const inner = memoryStorage();
    this.storage = new Proxy(inner, {
      get: (_, key) => {
        if (key === "batch") return () => this.#limited(inner.batch());
        if (key === "keepReserve") return () => this.#keep();
        if (key === "spendReserve") return () => this.#spend();
        const value: unknown = Reflect.get(inner, key);
        return typeof value === "function" ? value.bind(inner) : value;
      },
    });
  }

  #limited(batch: ReturnType<Storage["batch"]>): ReturnType<Storage["batch"]> {
    const write = batch.write.bind(batch);
    batch.write = (options) =>
      this.full && this.#left-- <= 0 ? Promise.reject(noSpace()) : write(options);
    return batch;
  }

  #keep(): Promise<void> {
    if (this.full) return Promise.reject(noSpace());
    this.reserved = true;
    return Promise.resolve();
  }

  #spend(): Promise<void> {
    if (this.reserved) this.#left = 10;
    this.reserved = false;
    return Promise.resolve();
  }
}

function noSpace(): Error {
  return new Error("IO error: 000003.log: No space left on device");
}

test("a full disk refuses sends, still takes acks, and recovers by itself", async () => {
  const disk = new SmallDisk();
  const desk = await Desk.open(disk.storage);
  await desk.send("a", "b", "c");
  const [a, b] = await desk.take(2);
  disk.full = true;
  const refused = desk.send("d");
  await expect(refused).rejects.toMatchObject({ code: "STORAGE_FULL", retryable: true });
  // At once, while the store is still being opened again.
  expect(await desk.ack(b)).toEqual([{ ok: true, applied: true }]);
  await expect(desk.send("e")).rejects.toMatchObject({ code: "STORAGE_FULL" });
  expect(await desk.ack(a)).toEqual([{ ok: true, applied: true }]);
  await desk.clock.advance(5_000);
  await expect(desk.send("f")).rejects.toMatchObject({ code: "STORAGE_FULL" });
  disk.full = false;
  await desk.clock.advance(1_000);
  await desk.send("g");
  expect(disk.reserved).toBe(true);
  expect(await desk.bodies(10)).toEqual(["c", "g"]);
});

test("with the reserve used up too, nothing is lost and the store comes back with the space", async () => {
  const disk = new SmallDisk();
  const desk = await Desk.open(disk.storage);
  await desk.send("a");
  disk.full = true;
  disk.reserved = false;
  await expect(desk.send("b")).rejects.toMatchObject({ code: "STORAGE_FULL" });
  await desk.clock.advance(3_000);
  await expect(desk.take(1)).rejects.toMatchObject({ code: "STORAGE_FULL" });
  disk.full = false;
  await desk.clock.advance(2_000);
  await desk.send("c");
  expect(await desk.bodies(10)).toEqual(["a", "c"]);
});

test("everything that was asked when the disk became full is answered", async () => {
  const disk = new SmallDisk();
  const desk = await Desk.open(disk.storage);
  await desk.send("a");
  disk.full = true;
  const asked = [
    desk.engine.call("tasks", "purge", []),
    desk.engine.call("tasks", "purge", []),
    desk.engine.call("tasks", "redrive", [["x"]]),
    desk.send("b"),
    desk.take(5),
    desk.take(5, { waitMs: 20_000 }),
  ];
  const full = asked.map((one) => expect(one).rejects.toMatchObject({ code: "STORAGE_FULL" }));
  await Promise.all(full);
  await desk.clock.advance(10);
  expect(await desk.bodies(1)).toEqual(["a"]);
});

test("a send that found the disk full has not used its idempotency key", async () => {
  const disk = new SmallDisk();
  const desk = await Desk.open(disk.storage);
  disk.full = true;
  await expect(desk.sendOne("a", { idempotencyKey: "once" })).rejects.toThrow("full");
  disk.full = false;
  await desk.clock.advance(2_000);
  expect(await desk.sendOne("a", { idempotencyKey: "once" })).toMatchObject([
    { ok: true, deduplicated: false },
  ]);
  expect(await desk.bodies(10)).toEqual(["a"]);
});
