import assert from "node:assert/strict";
import type { ConformanceCase } from "../case.ts";

export const deleting: readonly ConformanceCase[] = [
  {
    name: "nothing is left when all is deleted",
    async run(_, open) {
      const bench = await open();
      await bench.deploy();
      const remote = await bench.read();
      const context = await bench.context();
      await bench.empty();
      assert.equal(await bench.controller.read(context), undefined, `${remote?.id} is still there`);
      assert.deepEqual((await bench.state())?.parts, {});
    },
  },
  {
    name: "to delete it twice is no failure",
    async run(_, open) {
      const bench = await open();
      await bench.deploy();
      const remote = await bench.read();
      const context = await bench.context();
      assert.ok(remote !== undefined);
      await bench.controller.delete(context, remote);
      await bench.controller.delete(context, remote);
      assert.equal(await bench.controller.read(context), undefined);
    },
  },
  {
    name: "what somebody deleted is made again",
    async run(_, open) {
      const bench = await open();
      await bench.deploy();
      const remote = await bench.read();
      assert.ok(remote !== undefined);
      await bench.controller.delete(await bench.context(), remote);
      const step = (await bench.plan()).steps.find(({ part }) => part === bench.part.id);
      assert.equal(step?.action, "create");
      await bench.deploy();
      assert.ok((await bench.read()) !== undefined);
    },
  },
  {
    name: "what it holds is told, and is not lost without consent",
    whyNot: ({ fill }) => (fill === undefined ? "it holds nothing" : undefined),
    async run({ fill }, open) {
      const bench = await open();
      await bench.deploy();
      assert.equal((await bench.read())?.holds, undefined, "it holds something when it is new");
      const planned = await bench.destroyPlan();
      await fill?.(bench.world, bench.part);
      const { problems } = await bench.destroyPlan();
      assert.deepEqual(
        problems.map(({ code, part }) => [code, part]),
        [["DATA_LOSS", bench.part.id]],
      );
      const { failed } = await bench.apply(planned);
      assert.deepEqual(
        failed.map(({ error }) => error.code),
        ["DATA_LOSS"],
      );
      await bench.destroy({ allowDataLoss: bench.parts.map(({ resource }) => resource) });
      await bench.owned(0);
    },
  },
];
