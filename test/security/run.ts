// `npm run security [-- --long] [--only listen,limits,…] [--seed n]`: what docs/security.md says was tried; prints a table and exits 1 on any violation.
import { parseArgs } from "node:util";
import type { Budget, Row } from "./budget.ts";
import { fuzzHttp } from "./fuzz-http.ts";
import { fuzzSocket } from "./fuzz-socket.ts";
import { receiptGuesses, tokenGuesses } from "./guesses.ts";
import { limits } from "./limits.ts";
import { listening } from "./listening.ts";
import { type ServedDev, serveDev } from "./served-dev.ts";

const MINUTE_MS = 60_000;

const { values } = parseArgs({
  options: {
    long: { type: "boolean", default: false },
    only: { type: "string", default: "listen,limits,receipts,tokens,http,socket" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const seed = Number(values.seed);
const guesses = values.long ? 1_000_000 : 20_000;
/** Half of the ten minutes each. */
const fuzzed: Budget = values.long ? { ms: 5 * MINUTE_MS } : { count: 1_200 };
console.error(`seed ${seed}`);

const campaigns: Readonly<Record<string, (dev: ServedDev) => Promise<Row>>> = {
  listen: listening,
  limits,
  receipts: (dev) => receiptGuesses(dev, guesses, seed),
  tokens: () => tokenGuesses(guesses, seed),
  http: (dev) => fuzzHttp(dev, fuzzed, seed),
  socket: (dev) => fuzzSocket(dev, fuzzed, seed),
};

let failed = 0;
let passed = 0;
for (const name of values.only.split(",")) {
  const campaign = campaigns[name];
  if (campaign === undefined) {
    console.error(`no campaign is called ${name}; there are ${Object.keys(campaigns).join(", ")}`);
    process.exit(2);
  }
  const from = performance.now();
  // One of its own: what a campaign leaves behind is nothing to the next one.
  const dev = await serveDev();
  try {
    const { area, done, violations } = await campaign(dev);
    const seconds = ((performance.now() - from) / 1_000).toFixed(0);
    console.log(
      `${violations.length === 0 ? "passed" : "FAILED"}  ${area}: ${done} (${seconds} s)`,
    );
    for (const violation of violations.slice(0, 20)) console.log(`        ${violation}`);
    if (violations.length === 0) passed++;
    else failed++;
  } finally {
    await dev.close();
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
