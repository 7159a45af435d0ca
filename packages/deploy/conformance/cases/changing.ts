import assert from "node:assert/strict";
import type { Change, Json, RemotePart } from "../../src/index.ts";
import type { ConformanceCase } from "../case.ts";
import { notDone } from "../not-done.ts";
import type { ControllerCase } from "../world.ts";

export const changing: readonly ConformanceCase[] = [
  {
    name: "each setting is changed in place, and back again",
    whyNot: withoutSettings,
    async run({ settings }, open) {
      const bench = await open();
      await bench.deploy();
      const before = await bench.read();
      for (const [setting, patch] of Object.entries(settings)) {
        const step = stepOf(await bench.plan(bench.patched(patch)), bench.part.id);
        assert.equal(step?.action, "update", `${setting}: planned`);
        await bench.deploy(bench.patched(patch));
        notDone(await bench.plan(bench.patched(patch)));
        assertSame(await bench.read(), before, setting);
        await bench.deploy();
        notDone(await bench.plan());
      }
    },
  },
  {
    name: "all settings are changed together",
    whyNot: withoutSettings,
    async run({ settings }, open) {
      const bench = await open();
      await bench.deploy();
      const parts = bench.patched(Object.assign({}, ...Object.values(settings)));
      await bench.deploy(parts);
      notDone(await bench.plan(parts));
    },
  },
  {
    name: "what somebody changed is seen as drift in each setting, and corrected",
    whyNot: withoutSettings,
    async run({ settings }, open) {
      const bench = await open();
      await bench.deploy();
      for (const [setting, patch] of Object.entries(settings)) {
        const meddled = await bench.meddle(patch);
        assert.ok(meddled.length > 0, `${setting}: diff sees no difference`);
        const step = stepOf(await bench.plan(), bench.part.id);
        assert.deepEqual(
          step?.changes.map(({ path, drift }) => [path, drift]).sort(),
          meddled.map(({ path }) => [path, true]).sort(),
          `${setting}: planned`,
        );
        await bench.deploy();
        notDone(await bench.plan());
      }
    },
  },
  {
    name: "what the vendor fixes is replaced",
    whyNot: ({ replacing = {} }) =>
      Object.keys(replacing).length > 0 ? undefined : "nothing of it is fixed",
    async run({ replacing = {} }, open) {
      for (const [setting, patch] of Object.entries(replacing)) {
        const bench = await open();
        await bench.deploy();
        const { resource } = bench.part;
        const plan = await bench.plan(bench.patched(patch), { allowDataLoss: [resource] });
        const step = stepOf(plan, bench.part.id);
        assert.equal(step?.action, "replace", `${setting}: planned`);
        await bench.deploy(bench.patched(patch), { allowDataLoss: [resource] });
        notDone(await bench.plan(bench.patched(patch)));
      }
    },
  },
  {
    name: "diff is pure",
    async run({ settings }, open) {
      const bench = await open();
      await bench.deploy();
      const remote = frozen(await bench.read());
      assert.ok(remote !== undefined);
      for (const patch of [{}, ...Object.values(settings)]) {
        const part = { ...bench.part, config: { ...bench.part.config, ...patch } };
        const config = frozen(await bench.config(part));
        const first = bench.controller.diff(config, remote);
        bench.controller.diff(frozen(await bench.config()), remote);
        assert.deepEqual(bench.controller.diff(config, remote), first);
      }
    },
  },
  {
    name: "diff takes what is not known yet for a change, and read for what is not there",
    whyNot: withoutSettings,
    async run({ settings }, open) {
      const bench = await open();
      const unknown = { $unknown: "other.id" };
      const whole = Object.fromEntries(Object.keys(bench.part.config).map((key) => [key, unknown]));
      const context = await bench.context();
      assert.equal(await bench.controller.read({ ...context, config: whole }), undefined);
      await bench.deploy();
      const remote = await bench.read();
      assert.ok(remote !== undefined);
      const config = await bench.config();
      for (const [setting, patch] of Object.entries(settings)) {
        const keys = Object.keys(patch).filter((key) => key in bench.part.config);
        const fields = Object.fromEntries(keys.map((key) => [key, unknown]));
        const changes = bench.controller.diff(merged(config, fields), remote);
        assert.ok(keys.length === 0 || changes.length > 0, `${setting}: no change when unknown`);
      }
      bench.controller.diff(merged(config, whole), remote);
    },
  },
];

function withoutSettings({ settings }: ControllerCase): string | undefined {
  return Object.keys(settings).length > 0 ? undefined : "it has no setting that can be changed";
}

function stepOf(
  {
    steps,
  }: {
    readonly steps: readonly { part: string; action: string; changes: readonly PlannedLike[] }[];
  },
  part: string,
) {
  return steps.find((step) => step.part === part);
}

type PlannedLike = Change & { readonly drift?: true };

/** An update keeps what other parts refer to. */
function assertSame(
  after: RemotePart | undefined,
  before: RemotePart | undefined,
  setting: string,
): void {
  assert.equal(after?.id, before?.id, `${setting}: its id`);
  assert.deepEqual(after?.attributes, before?.attributes, `${setting}: its attributes`);
}

function merged(config: Json, fields: Readonly<Record<string, Json>>): Json {
  return typeof config === "object" ? { ...config, ...fields } : config;
}

function frozen<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null) {
    for (const each of Object.values(value)) frozen(each);
    Object.freeze(value);
  }
  return value;
}
