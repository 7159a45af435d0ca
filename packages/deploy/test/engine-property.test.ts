import { AlienError } from "@alienplatform/core";
import { expect, it } from "vitest";
import { fc } from "../../../test/property.ts";
import { join, MemoryStateStore, type Part, readState, ref } from "../src/index.ts";
import { deploy, planOf } from "./toy/deploy.ts";
import { EagerClock } from "./toy/eager-clock.ts";
import { type Fault, ToyProcess } from "./toy/toy-process.ts";
import { linkPart, lowered, queuePart, rolePart } from "./toy/toy-stack.ts";
import { type ToyThing, ToyVendor } from "./toy/toy-vendor.ts";

const never = new AbortController().signal;
const QUEUES = ["a", "b", "c"];
const ROLES = ["x", "y"];

/** What one queue or role is to be; undefined where there is none. */
interface Wish {
  readonly size: number;
  readonly color: string;
  /** Another name is another thing. */
  readonly renamed: boolean;
  /** Another id is the same thing. */
  readonly moved: boolean;
}

const wish = fc.option(
  fc.record({
    size: fc.integer({ min: 1, max: 3 }),
    color: fc.constantFrom("red", "blue"),
    renamed: fc.boolean(),
    moved: fc.boolean(),
  }),
  { nil: undefined, freq: 4 },
);

const stack = fc
  .record({
    queues: fc.tuple(...QUEUES.map(() => wish)),
    roles: fc.tuple(...ROLES.map(() => wish)),
    links: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
  })
  .map(({ queues, roles, links }) => {
    const made = queues.flatMap((each, index) => queueOf(each, QUEUES[index] ?? ""));
    const last = made.at(-1);
    const users = roles.flatMap((each, index) => roleOf(each, ROLES[index] ?? "", last));
    const pairs = made.flatMap((queue) => users.map((role) => ({ queue, role })));
    const linked = pairs.filter((_, index) => links[index]);
    return [...linked.map(({ queue, role }) => linkPart(queue, role)), ...users, ...made];
  });

function queueOf(wanted: Wish | undefined, resource: string): readonly Part[] {
  if (wanted === undefined) return [];
  const { size, color, renamed, moved } = wanted;
  const name = `shop-dev-${resource}${renamed ? ".new" : ""}`;
  const id = `${moved ? "queues" : "queue"}/${resource}`;
  return [
    queuePart(resource, { id, name, config: { size, color }, known: { url: `toy://${name}` } }),
  ];
}

function roleOf(wanted: Wish | undefined, resource: string, queue?: Part): readonly Part[] {
  if (wanted === undefined) return [];
  const { size, renamed } = wanted;
  const grants = queue === undefined ? "nothing" : join("send ", ref(queue.id, "id"));
  const name = `shop-dev-${resource}${renamed ? ".new" : ""}`;
  return [rolePart(resource, { name, config: { grants, ...(size > 1 ? { size } : {}) } })];
}

/** What others do to one of the things that are there. */
const meddling = fc.record({
  thing: fc.nat({ max: 10 }),
  how: fc.constantFrom("delete", "change", "unmark"),
});

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({
    kind: fc.constant("kill" as const),
    at: fc.nat({ max: 45 }),
    when: fc.constantFrom("before" as const, "after" as const),
  }),
  fc.record({
    kind: fc.constantFrom("throttle" as const, "lose" as const, "abort" as const),
    at: fc.nat({ max: 45 }),
  }),
);

const round = fc.record({
  parts: stack,
  meddlings: fc.array(meddling, { maxLength: 2 }),
  faults: fc.array(fault, { maxLength: 3 }),
});

it("whatever happens to deploys, the next one that is left alone makes everything as declared", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(round, { minLength: 1, maxLength: 4 }),
      fc.nat({ max: 2 }),
      async (rounds, lag) => {
        const vendor = new ToyVendor();
        vendor.lag = lag;
        const store = new MemoryStateStore();
        const clock = new EagerClock();
        const allowDataLoss = [...QUEUES, ...ROLES];
        for (const { parts, meddlings, faults } of rounds) {
          const process = new ToyProcess(vendor, store, clock, faults);
          await deploy(lowered(...parts), process, { allowDataLoss }).catch((error: unknown) => {
            // What may pass is left to whoever deploys.
            const mayPass = error instanceof AlienError && error.retryable;
            if (!process.killed && !process.signal.aborted && !mayPass) throw error;
          });
          // The lock of a killed process runs out.
          clock.jump(120_000);
          for (const { thing, how } of meddlings) await meddle(vendor, store, thing, how);
        }
        const parts = rounds.at(-1)?.parts ?? [];
        const calm = new ToyProcess(vendor, store, clock);
        const result = await deploy(lowered(...parts), calm, { allowDataLoss });
        expect(result.failed).toEqual([]);
        expect(result.because).toBeUndefined();
        expect(vendor.twins).toBe(0);
        expect(shown(vendor)).toEqual(wanted(parts, vendor));
        const next = await planOf(lowered(...parts), calm);
        expect(next.problems).toEqual([]);
        expect(next.steps.filter(({ action }) => action !== "none")).toEqual([]);
        await deploy(lowered(), calm, { allowDataLoss });
        expect([...vendor.things.values()]).toEqual([]);
        expect((await readState(store, never))?.state.parts ?? {}).toEqual({});
      },
    ),
    { numRuns: Number(process.env.ENGINE_RUNS ?? 200) },
  );
});

async function meddle(
  vendor: ToyVendor,
  store: MemoryStateStore,
  index: number,
  how: "delete" | "change" | "unmark",
): Promise<void> {
  const things = [...vendor.things.values()];
  const thing = things[index % Math.max(1, things.length)];
  if (thing === undefined) return;
  if (how === "delete") vendor.things.delete(thing.id);
  if (how === "change") thing.settings = { ...thing.settings, size: 99, extra: "by hand" };
  // Unmarked and not in the state it would be somebody else's, rightly.
  const text = (await store.read())?.text ?? "";
  if (how === "unmark" && text.includes(`"id": "${thing.id}"`)) thing.tags = {};
}

/** What is there, without ids. */
function shown(vendor: ToyVendor): readonly unknown[] {
  return sorted(
    [...vendor.things.values()].map(({ kind, key, settings, tags }) => ({
      kind,
      key,
      settings,
      tags,
    })),
  );
}

/** What is to be there. */
function wanted(parts: readonly Part[], vendor: ToyVendor): readonly unknown[] {
  const things = [...vendor.things.values()];
  const idOf = (id: string) => things.find(({ key }) => key === byId.get(id)?.name)?.id ?? "none";
  const byId = new Map(parts.map((part) => [part.id, part]));
  return sorted(
    parts.map(({ type, name, config }) => {
      const text = JSON.stringify(config, (_, value) => {
        if (typeof value !== "object" || value === null) return value;
        if ("$ref" in value) return idOf(String(value.$ref));
        return "$join" in value ? `send ${idOf(String(value.$join[1].$ref))}` : value;
      });
      const settings = JSON.parse(text);
      const key = type === "toy-link" ? `${settings.from}>${settings.to}` : name;
      return { kind: type.slice("toy-".length), key, settings, tags: expect.anything() };
    }),
  );
}

function sorted(
  things: readonly Pick<ToyThing, "kind" | "key" | "settings">[],
): readonly unknown[] {
  const order = (each: Pick<ToyThing, "kind" | "key">) => `${each.kind} ${each.key}`;
  return [...things].sort((one, other) => (order(one) < order(other) ? -1 : 1));
}
