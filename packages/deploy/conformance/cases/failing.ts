import assert from "node:assert/strict";
import { pause } from "../../src/pause.ts";
import type { Bench } from "../bench.ts";
import type { CallFault } from "../call-faults.ts";
import type { ConformanceCase } from "../case.ts";
import { notDone } from "../not-done.ts";
import type { ControllerCase } from "../world.ts";

const never = new AbortController().signal;

export const failing: readonly ConformanceCase[] = [
  {
    name: "a crash before or after any call while it is made leaves what the next deploy completes",
    async run(_, open) {
      const owned = await ownedBy(open);
      await atEachCall(crashes, open, {
        before: (bench) => bench.deployOthers(),
        act: (bench) => bench.deploy(),
        after: async (bench) => {
          await bench.recover();
          await bench.deploy();
          notDone(await bench.plan());
          await bench.owned(owned);
          await bench.empty();
        },
      });
    },
  },
  {
    name: "a crash before or after any call while it is changed leaves what the next deploy completes",
    whyNot: withoutSettings,
    async run({ settings }, open) {
      const patch = Object.assign({}, ...Object.values(settings));
      await atEachCall(crashes, open, {
        before: (bench) => bench.deploy(),
        act: (bench) => bench.deploy(bench.patched(patch)),
        after: async (bench) => {
          await bench.recover();
          await bench.deploy(bench.patched(patch));
          notDone(await bench.plan(bench.patched(patch)));
        },
      });
    },
  },
  {
    name: "a crash before or after any call while it is deleted leaves what the next one completes",
    async run(_, open) {
      await atEachCall(crashes, open, {
        before: (bench) => bench.deploy(),
        act: (bench) => bench.remove(),
        after: async (bench) => {
          await bench.recover();
          await bench.remove();
          await bench.empty();
        },
      });
    },
  },
  {
    name: "a call whose answer is lost is made good, and nothing is made twice",
    async run(_, open) {
      const owned = await ownedBy(open);
      await atEachCall(lost, open, {
        before: (bench) => bench.deployOthers(),
        act: (bench) => bench.deploy(),
        after: async (bench) => {
          notDone(await bench.plan());
          await bench.owned(owned);
          await bench.empty();
        },
      });
    },
  },
  {
    name: "a call that is one too many is made again later",
    async run({ settings }, open) {
      const patch = Object.assign({}, ...Object.values(settings));
      await atEachCall(throttled, open, {
        before: (bench) => bench.deployOthers(),
        act: async (bench) => {
          await bench.deploy();
          await bench.deploy(bench.patched(patch));
          await bench.remove();
        },
        after: (bench) => bench.empty(),
      });
    },
  },
  {
    name: "what may not be read is not taken for gone",
    async run(_, open) {
      const bench = await open();
      await bench.deploy();
      const { faults, cloud } = bench.world;
      const context = await bench.context();
      faults.set(undefined);
      await bench.controller.read(context);
      for (let at = faults.calls; at > 0; at--) {
        faults.set({ kind: "forbid", at });
        await assertForbidden(cloud, () => bench.controller.read(context), `call ${at} of read`);
      }
    },
  },
  {
    name: "a read without an answer is a failure that may pass, and no answer",
    async run(_, open) {
      const bench = await open();
      await bench.deploy();
      const { faults, cloud } = bench.world;
      const context = await bench.context();
      for (const kind of ["throttle", "lose"] as const) {
        faults.set(undefined);
        await bench.controller.read(context);
        for (let at = faults.calls; at > 0; at--) {
          faults.set({ kind, at });
          const outcome = await bench.controller.read(context).then(
            () => "an answer",
            (thrown: unknown) => (cloud.translate(thrown, "read").retryable ? "may pass" : "final"),
          );
          assert.equal(outcome, "may pass", `call ${at} of read, ${kind}`);
        }
      }
    },
  },
  {
    name: "what may not be deleted is not taken for deleted",
    async run(_, open) {
      const bench = await open();
      await bench.deploy();
      const { faults, cloud } = bench.world;
      const context = await bench.context();
      const remote = await bench.read();
      assert.ok(remote !== undefined);
      faults.set({ kind: "forbid", at: 1 });
      await assertForbidden(cloud, () => bench.controller.delete(context, remote), "delete");
    },
  },
];

async function assertForbidden(
  cloud: Bench["world"]["cloud"],
  call: () => Promise<unknown>,
  what: string,
): Promise<void> {
  const outcome = await call().then(
    () => "an answer",
    (thrown: unknown) => {
      const error = cloud.translate(thrown, what);
      return error.retryable ? `${error.code}, to be tried again` : error.code;
    },
  );
  assert.equal(outcome, "PERMISSION_DENIED", what);
}

/** How many things a deploy makes that the stage's list has. */
async function ownedBy(open: () => Promise<Bench>): Promise<number> {
  const bench = await open();
  await bench.deploy();
  const { cloud, clock } = bench.world;
  const { stack, stage } = cloud.place;
  let most = 0;
  for (let times = 0; times < 3; times++) {
    most = Math.max(most, (await cloud.owned({ stack, stage }, never)).length);
    await pause(clock, 1_000, never);
  }
  return most;
}

function crashes(at: number): readonly CallFault[] {
  return [
    { kind: "crash", at, when: "before" },
    { kind: "crash", at, when: "after" },
  ];
}

function lost(at: number): readonly CallFault[] {
  return [{ kind: "lose", at }];
}

function throttled(at: number): readonly CallFault[] {
  return [{ kind: "throttle", at }];
}

interface Scene {
  before?(bench: Bench): Promise<unknown>;
  act(bench: Bench): Promise<unknown>;
  after(bench: Bench): Promise<unknown>;
}

/** Plays a scene with a fault at its first call, at its second, and so on until it has no more. */
async function atEachCall(
  faultsAt: (at: number) => readonly CallFault[],
  open: () => Promise<Bench>,
  { before, act, after }: Scene,
): Promise<void> {
  for (let at = 1; ; at++) {
    let calls = 0;
    for (const fault of faultsAt(at)) {
      const bench = await open();
      const { faults } = bench.world;
      await before?.(bench);
      faults.set(fault);
      try {
        await act(bench).catch((error: unknown) => {
          if (!faults.crashed) throw error;
        });
        calls = faults.calls;
        faults.set(undefined);
        await after(bench);
      } catch (error) {
        throw new Error(`with ${JSON.stringify(fault)}: ${text(error)}`, { cause: error });
      }
    }
    if (calls < at) return;
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function withoutSettings({ settings }: ControllerCase): string | undefined {
  return Object.keys(settings).length > 0 ? undefined : "it has no setting that can be changed";
}
