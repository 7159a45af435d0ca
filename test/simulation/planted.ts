import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { filesUnder, root } from "../source-files.ts";
import type { Replacement } from "./bundle.ts";

/** A mistake that the simulation must notice. */
export interface Planted {
  readonly name: string;
  /** Words of the product's text that are in it once, and what stands there instead. */
  readonly find: string;
  readonly replace: string;
  /** Worlds with it have no end, by which it is noticed; with any other that is a machine too busy to tell. */
  readonly endless?: true;
}

/** Mistakes of the kind that queues have shipped, each a few words of the product's text. */
export const planted: readonly Planted[] = [
  plant("a send is answered before its write is durable", [
    "return durable.then(() => results);",
    "return Promise.resolve(results);",
  ]),
  plant("a settlement is answered before its write is durable", [
    "        return store.commit.durable().then(() => results);\n      }\n",
    "        return Promise.resolve(results);\n      }\n",
  ]),
  plant("writes are not flushed", [
    "batch.write({ sync }).then(",
    "batch.write({ sync: false }).then(",
  ]),
  plant("messages are handed out before their lease is on disk", [
    "      served.deliveries = deliveriesOf(served.lease, this.#parts.lane);\n",
    "      served.deliveries = deliveriesOf(served.lease, this.#parts.lane);\n      served.waiter.resolve(served.deliveries);\n",
  ]),
  plant("an idempotency key is one of its body", [
    "claims.find(idempotencyKey, ",
    "claims.find(message.body, ",
  ]),
  plant("an idempotency key is one of its sender's minute", [
    "claims.find(idempotencyKey, ",
    "claims.find(idempotencyKey + Math.floor(message.sentAt / 60_000), ",
  ]),
  plant("idempotency keys of before an opening are forgotten", [
    "    this.#unread.set(bucket, undefined);\n",
    "",
  ]),
  plant("an idempotency key counts for an hour", [
    "Math.abs(now - at) < WINDOW_MS",
    "Math.abs(now - at) < WINDOW_MS / 24",
  ]),
  plant("a lease is a millisecond short", [
    "until: now + options.leaseMs,",
    "until: now + options.leaseMs - 1,",
  ]),
  plant("what was extended ends with the rest of its lease", [
    "(entry) => lease.untilOf(entry) <= now",
    "() => true",
  ]),
  plant("an extension is a millisecond short", [
    "const until = this.#parts.clock.now() + leaseMs;",
    "const until = this.#parts.clock.now() + leaseMs - 1;",
  ]),
  plant("receipts begin anew with each term", [
    "this.#pool = Buffer.from(this.#random(POOL));",
    "this.#pool = Buffer.alloc(POOL).map((_, index) => (index * 31) >>> 4);",
  ]),
  plant("a repeated request is applied twice", [
    "if (known !== undefined && request <= known.applied) return false;",
    "",
  ]),
  plant("a request that was refused is repeated as applied", [
    "return ok ? applied : expired(this.#parts.spec().name);",
    "return ok || receipt !== '' ? applied : expired(this.#parts.spec().name);",
  ]),
  plant("an answer goes to whoever has asked first", [
    "  #onReply(number: number, cursor: FrameCursor): void {\n",
    "  #onReply(asked: number, cursor: FrameCursor): void {\n    const number = [...this.#pending].find(([key, one]) => one.operation === this.#pending.get(asked)?.operation && key <= asked)?.[0] ?? asked;\n",
  ]),
  plant("a release counts as an attempt", [
    'case "release":\n        this.#back(lease, entry, { due: now, counted: false });',
    'case "release":\n        this.#back(lease, entry, { due: now, counted: true });',
  ]),
  plant("one attempt too many", [
    "if (attempts + 1 < budget && !purged)",
    "if (attempts < budget && !purged)",
  ]),
  plant("a group is free while its message waits for the retry", [
    "    if (attempts + 1 < budget && !purged) {\n",
    "    if (attempts + 1 < budget && !purged) {\n      this.#parts.order.groups?.free(lease.groups?.[entry] ?? 0);\n",
  ]),
  plant("the cursor is one too far after an opening", [
    "    this.#index = index;\n",
    "    this.#index = index > 0 ? index + 1 : 0;\n",
  ]),
  {
    name: "messages are gone over without an end",
    find: "    this.#index += messages;\n",
    replace: "",
    endless: true,
  },
  plant("what is done is not known after an opening", [
    "if (bitmap !== undefined) segment.restore(bitmap);",
    "",
  ]),
  plant("a delayed message is given early", [
    "message.sentAt + message.delayMs);",
    "message.sentAt + message.delayMs / 2);",
  ]),
  plant("a purge takes dead letters", [
    "let removed = await this.parts.loose.purge(",
    "const dead = { gte: Buffer.from([5]), lt: Buffer.from([6]) };\n    for (const [key] of await this.#store.storage.rows(dead, 500)) commit.batch.del(key);\n    let removed = await this.parts.loose.purge(",
  ]),
  plant("a redrive asks for duplicates", [
    "target.comeBack(changedRecord(row, at, { meta }));",
    "if (letter.sentAt + 86_400_000 < this.#store.clock.now()) target.comeBack(changedRecord(row, at, { meta }));",
  ]),
  plant("a dead letter leaves the message where it was", [
    "    this.#finish(lease, entry, fate.moved, this.#parts.clock.now());\n    return length;\n",
    "    this.#parts.order.groups?.free(lease.groups?.[entry] ?? 0);\n    return length;\n",
  ]),
  plant("the number of dead letters is not restored", [
    "start.nextDead, start.dead)",
    "start.nextDead, 0)",
  ]),
  plant("nobody is woken when a delayed message is due", [
    "const due = wanted ? loose.nextDue() : Number.POSITIVE_INFINITY;",
    "const due = wanted ? Number.POSITIVE_INFINITY : loose.nextDue();",
  ]),
  plant("a dead process keeps what it has on loan", [
    "    } else endLeases(state, session);\n",
    "    }\n",
  ]),
  plant("a clock that is set back makes leases longer", ["    this.#follow(now);\n", ""]),
  plant("a key's limit is one too high", [
    "(this.#counts.get(key) ?? 0) < limit",
    "(this.#counts.get(key) ?? 0) <= limit",
  ]),
];

function plant(name: string, [find, replace]: readonly [find: string, replace: string]): Planted {
  return { name, find, replace };
}

/** The change of the one file of the product that has the text, wherever that is by now. */
export function changeOf({ name, find, replace }: Planted): Replacement {
  const [file, another] = filesUnder("packages/local/src", ".ts").filter((path) =>
    readFileSync(resolve(root, path), "utf8").includes(find),
  );
  if (file === undefined) throw new Error(`no file has the text to plant "${name}"`);
  if (another !== undefined) throw new Error(`${file} and ${another} have the text of "${name}"`);
  return { file, find, replace };
}
