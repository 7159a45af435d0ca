import type { WritePoint } from "./disk.ts";
import type { World } from "./world.ts";

const HOUR_MS = 3_600_000;
/** Together not as long as what is kept is kept. */
const MOST_JUMPS = 5;
const POINTS: readonly [WritePoint, ...WritePoint[]] = [
  "before the write",
  "before the flush",
  "before the answer",
];

/** Does one of the world's faults at random. */
export function doFault(world: World): void {
  const { chance, setting } = world;
  const { faults } = setting;
  const possible: (() => void)[] = [];
  if (faults.kill) possible.push(() => killOne(world));
  if (faults.powerCut && setting.durability === "power" && chance.is(0.3)) {
    possible.push(() => cutPower(world));
  }
  if (faults.cut) possible.push(() => cutOne(world));
  if (faults.stop) possible.push(() => stopOne(world));
  if (faults.jump && world.jumps < MOST_JUMPS) possible.push(() => jump(world));
  if (faults.trap) possible.push(() => setTrap(world));
  if (faults.slowDisk) possible.push(() => slowDisk(world));
  chance.any(possible)?.();
}

function killOne(world: World): void {
  const { chance, machine, members } = world;
  const owner = machine.listening;
  const victim = owner !== undefined && chance.is(0.6) ? owner : chance.any(members);
  if (victim === undefined) return;
  world.tally(victim === owner ? "owner killed" : "follower killed");
  victim.process.kill();
  world.restartLater(1);
}

function cutPower(world: World): void {
  world.tally("power cut");
  const count = world.members.length;
  for (const { process } of world.members) process.kill();
  world.machine.disk.cutPower();
  world.restartLater(count);
}

function cutOne(world: World): void {
  const connection = world.chance.any(world.machine.connections);
  if (connection === undefined) return;
  world.tally("connection cut");
  connection.cut();
}

/** As SIGSTOP does. */
function stopOne(world: World): void {
  const { chance, timeline } = world;
  const process = chance.any(world.members)?.process;
  if (process === undefined || process.stopped) return;
  world.tally("process stopped");
  process.stop();
  timeline.after(chance.pick([50, 1_000, 4_000, 15_000]), "go on", () => process.resume());
}

function jump(world: World): void {
  const { chance, machine } = world;
  const hours = chance.pick([1, 1, 1, 0.1, 0.1, 0.1, 24, 26]);
  const byMs = (chance.is(0.6) ? hours : -Math.min(hours, 1)) * HOUR_MS;
  machine.wall.jump(byMs);
  world.jumps++;
  world.tally("clock set");
  world.note({ kind: "clock", byMs });
}

/** The next process that comes to some point of a write is killed there. */
function setTrap(world: World): void {
  const { chance, machine } = world;
  const point = chance.pick(POINTS);
  let skip = chance.int(0, 6);
  machine.disk.onPoint = (at, _change, by) => {
    if (at !== point || skip-- > 0) return;
    machine.disk.onPoint = undefined;
    world.tally(`killed ${point}`);
    by.kill();
    world.restartLater(1);
  };
}

function slowDisk(world: World): void {
  const { chance, machine, timeline } = world;
  machine.disk.slowness = chance.pick([20, 200, 3_000]);
  timeline.after(chance.int(100, 3_000), "fast disk", () => {
    machine.disk.slowness = 2;
  });
}
