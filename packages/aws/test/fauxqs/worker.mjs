import { parentPort, workerData } from "node:worker_threads";
import { buildApp } from "fauxqs";

// fauxqs in a thread whose time stands still until it is told how late it is: it reads Date.now and sets timers of
// the global scope, while HTTP has timers of Node's own.

const app = buildApp({ logger: false });
/** Requests that have come and have no answer yet; after a turn without events each of them is a long poll. */
let open = 0;
app.addHook("onRequest", (_request, reply, done) => {
  open++;
  // Also where the client breaks it off.
  reply.raw.once("close", () => open--);
  done();
});
await app.listen({ port: 0, host: "127.0.0.1" });

let now = workerData.startMs;
/** @type {Map<number, { at: number, every?: number, run: () => void }>} */
const timers = new Map();
let numbered = 0;

Date.now = () => now;
globalThis.setTimeout = (run, ms = 0, ...parameters) =>
  add({ at: now + ms, run: () => run(...parameters) });
globalThis.setInterval = (run, ms = 0, ...parameters) =>
  add({ at: now + ms, every: ms, run: () => run(...parameters) });
globalThis.clearTimeout = (number) => timers.delete(number);
globalThis.clearInterval = (number) => timers.delete(number);

function add(timer) {
  timers.set(++numbered, timer);
  return numbered;
}

/** Runs what is due. An interval runs once, however late: it only looks whether anything is due. */
function runDue() {
  for (const [number, timer] of [...timers].sort(([, a], [, b]) => a.at - b.at)) {
    if (timer.at > now || !timers.has(number)) continue;
    if (timer.every === undefined) timers.delete(number);
    else timer.at = now + timer.every;
    timer.run();
  }
}

parentPort.on("message", async ({ number, time }) => {
  if (time === undefined) runDue();
  else now = time;
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
  parentPort.postMessage({ number, open });
});

parentPort.postMessage({ port: app.server.address().port });
