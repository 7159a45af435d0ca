import { Actor } from "./actor.ts";
import { countRows } from "./count-rows.ts";
import type { Member } from "./member.ts";
import type { World } from "./world.ts";

const LEASE_MS = 60_000;
const PROBES = 3;

/**
 * The end of a world, without faults: what is there is counted, taken and settled by somebody who always waits
 * for more, while somebody else still sends a little. What does not turn up now is lost.
 */
export async function closeDown(world: World): Promise<void> {
  const { chance, timeline, machine } = world;
  const closer = world.join();
  const actor = new Actor(world, closer);
  await actor.declare();
  await count(world);
  if (chance.is(0.4)) {
    const owner = machine.listening;
    if (owner !== closer) owner?.process.kill();
    await actor.declare();
    await count(world);
  }
  // What those had on loan who died just now comes back.
  await timeline.pause(2_000, "grace of the last");
  const holder = new Actor(world, world.join());
  await actor.send(2);
  await holder.receive({ max: 2, leaseMs: LEASE_MS, waitMs: 100 });
  world.note({ kind: "calm" });
  holder.kill();
  const probing = probe(world, closer);
  let probed = false;
  void probing.then(() => {
    probed = true;
  });
  const until = timeline.now + 72 * 3_600_000;
  let nacks = 10;
  for (;;) {
    const deliveries = await actor.receive({ max: 10, leaseMs: LEASE_MS, waitMs: 20_000 });
    await actor.settle(
      deliveries.map(({ id, receipt }) => ({
        id,
        receipt,
        outcome:
          chance.is(0.2) && nacks-- > 0
            ? chance.pick([
                { kind: "release" } as const,
                { kind: "retry", delayMs: 300, error: { code: "Error", message: "last" } } as const,
              ])
            : ({ kind: "ack" } as const),
      })),
    );
    if (!probed) continue;
    const { ready, delayed = 0, inFlight = 0 } = await actor.stats();
    if (ready + delayed + inFlight === 0 || timeline.now > until) break;
  }
  await actor.listDead();
  await count(world);
}

async function probe(world: World, closer: Member): Promise<void> {
  const sender = new Actor(world, world.join());
  for (let index = 0; index < PROBES; index++) {
    await closer.process.pause(world.chance.int(0, 700), "probe");
    await sender.send(1);
  }
}

/** Compares the counters with the rows, at a moment when all that has changed is on disk. */
async function count(world: World): Promise<void> {
  const { machine, timeline } = world;
  for (let tries = 0; tries < 200; tries++) {
    await timeline.pause(3, "count");
    const engine = machine.listening?.engine;
    if (engine === undefined || !machine.disk.idle) continue;
    const before = machine.disk.written;
    const { ready, delayed = 0, inFlight = 0, dead } = await engine.call("tasks", "stats", []);
    await engine.send("tasks", []);
    if (!machine.disk.idle || machine.disk.written !== before) continue;
    const stats = { waiting: ready + delayed, inFlight, dead };
    world.note({ kind: "counted", stats, rows: countRows(machine.disk.rows) });
    return;
  }
  throw new Error("the store is never at rest");
}
