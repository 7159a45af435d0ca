import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { ConformanceCase } from "../case.ts";
import { eventually } from "../eventually.ts";
import { notDone } from "../not-done.ts";

export const making: readonly ConformanceCase[] = [
  {
    name: "what is not there is read as not there",
    async run(_, open) {
      const bench = await open();
      assert.equal(await bench.read(), undefined);
    },
  },
  {
    name: "a second deploy has nothing to do, and does nothing",
    async run(_, open) {
      const bench = await open();
      await bench.deploy();
      const first = await bench.state();
      notDone(await bench.plan());
      await bench.deploy();
      assert.deepEqual(await bench.state(), first);
      notDone(await bench.plan());
    },
  },
  {
    name: "what it makes is found, by its id and without it",
    async run(_, open) {
      const bench = await open();
      await bench.deploy();
      const remote = await bench.read();
      const { remembered, ...forgetful } = await bench.context();
      assert.ok(remote !== undefined, "it is not found by its id");
      assert.equal(remembered, remote.id);
      await eventually(bench.world.clock, async () => {
        assert.deepEqual(await bench.controller.read(forgetful), remote);
      });
    },
  },
  {
    name: "what it makes carries the mark of its owner, and the stage's list has it",
    async run(about, open) {
      const bench = await open();
      await bench.deploy();
      const remote = await bench.read();
      const { stack, stage } = bench.world.cloud.place;
      assert.deepEqual(remote?.owner, { stack, stage, part: bench.part.id });
      if (about.unlisted !== undefined) return;
      await eventually(bench.world.clock, async () => {
        const ids = await bench.world.cloud.owned({ stack, stage }, new AbortController().signal);
        assert.ok(ids.includes(remote?.id ?? ""), `${remote?.id} is not among ${ids.join(", ")}`);
      });
    },
  },
  {
    name: "attributes that are said to be certain are what they were said to be",
    async run(_, open) {
      const bench = await open();
      await bench.deploy();
      for (const part of bench.parts) {
        const remote = await bench.read(part);
        for (const [attribute, value] of Object.entries(part.known ?? {})) {
          assert.equal(remote?.attributes[attribute], value, `${part.id}.${attribute}`);
        }
      }
    },
  },
  {
    name: "what it reads can be written as JSON",
    async run(_, open) {
      const bench = await open();
      await bench.deploy();
      const remote = await bench.read();
      assert.ok(
        isDeepStrictEqual(JSON.parse(JSON.stringify(remote)), remote),
        "it holds what JSON does not",
      );
    },
  },
  {
    name: "what somebody else made is not taken, unless it is adopted",
    whyNot: ({ unlisted }) => unlisted,
    async run(_, open) {
      const bench = await open();
      const needed = bench.parts.slice(0, -1);
      if (needed.length > 0) await bench.deploy(needed);
      const { place } = bench.world.cloud;
      const owner = { stack: "somebody", stage: "elsewhere", part: "other" };
      const context = await bench.context(bench.part, owner);
      const made = await bench.controller.create(context, context.config);
      const changes = bench.controller.diff(context.config, made);
      if (changes.length > 0) {
        await bench.controller.update(context, context.config, made, changes);
      }
      await eventually(bench.world.clock, async () => {
        assert.equal((await bench.read())?.id, made.id);
      });
      const refused = await bench.plan();
      assert.deepEqual(
        refused.problems.map(({ code, part }) => [code, part]),
        [["NAME_TAKEN", bench.part.id]],
      );
      await bench.deploy(bench.parts, { adopt: [bench.part.resource] });
      const adopted = await bench.read();
      assert.equal(adopted?.id, made.id, "it was made anew");
      assert.equal(adopted?.owner?.stack, place.stack);
      assert.equal(adopted?.owner?.stage, place.stage);
      notDone(await bench.plan());
    },
  },
];
