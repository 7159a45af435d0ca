import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { deployedConsole, fill } from "../journeys/console/deployed-console.ts";
import { stands } from "../journeys/console/stands.ts";
import { root } from "../source-files.ts";
import { openChromium } from "./support/chromium.ts";
import { PATIENCE_MS } from "./support/console-session.ts";

const shots = join(root, "out/screenshots");

/** A page of a stage's console, and what it says once it is complete: the same on every platform, or each its own. */
type Place = readonly [path: string, says: RegExp | Readonly<Record<string, RegExp>>];

const cannotShow = /cannot show messages without taking them/;
const noneTold = /None is told/;

const PLACES: readonly Place[] = [
  ["/", /The platform's own counts: approximate/],
  ["/queues/tasks", /does not tell what happens to each message/],
  ["/queues/tasks?view=ready", { gcp: cannotShow, azure: /dan/, cloudflare: /dan/ }],
  ["/queues/tasks?view=delayed", { gcp: cannotShow, azure: noneTold, cloudflare: noneTold }],
  ["/queues/tasks?view=inFlight", { gcp: cannotShow, azure: noneTold, cloudflare: noneTold }],
  ["/queues/tasks?view=details", /which tells no more of a queue than counts/],
  ["/queues/orders?view=details", /max attempts/],
  // Nobody tells how many are in flight: that is no 0.
  [
    "/queues/tasks?view=ready",
    { gcp: /In flight\d/, azure: /In flight–/, cloudflare: /Delayed–.*In flight–/ },
  ],
  ["/queues/tasks/dead", /no mailbox/],
  [
    "/queues/tasks/send",
    {
      gcp: /Pub\/Sub has no priorities\./,
      azure: /Service Bus has no priorities\./,
      cloudflare: /Cloudflare Queues has no priorities\./,
    },
  ],
  // Google's counts are minutes late: this one has none yet.
  ["/dead", { gcp: /No dead letters are counted/, azure: /no mailbox/, cloudflare: /no mailbox/ }],
  ["/jobs?queue=tasks", /no mailbox/],
  ["/jobs?queue=orders", /keeps no jobs/],
  ["/bindings", /is what alien\.ts says/],
  ["/operations", /No bulk work yet/],
  ["/search?q=state:dead", /ada/],
  ["/search?q=payload.to:nobody", /searched only where the platform shows them/],
  ["/clock", /Only queues of alien dev/],
  ["/settings", /Theme/],
];

it.each(Object.entries(stands))(
  "the console of a stage on %s says on every page what there is, or why there is nothing",
  { timeout: 600_000 },
  async (platform, start) => {
    const stand = await start();
    onTestFinished(() => stand.close());
    for (const [name, value] of Object.entries(stand.environment)) vi.stubEnv(name, value);
    onTestFinished(() => void vi.unstubAllEnvs());
    const console = await deployedConsole(stand);
    onTestFinished(() => console.close());
    const dead = await fill(console);
    const browser = await openChromium();
    onTestFinished(() => browser.close());
    const page = await browser.newPage({ viewport: { width: 1360, height: 860 } });
    page.setDefaultTimeout(PATIENCE_MS);
    const wrong: string[] = [];
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("response", (response) => {
      // 501 says of what a platform cannot do that it cannot.
      const isFailed = response.status() >= 500 && response.status() !== 501;
      if (isFailed) wrong.push(`${response.status()} ${response.url()}`);
    });
    mkdirSync(shots, { recursive: true });
    const message: Place = [`/queues/tasks/messages/${dead}`, /no mailbox/];
    for (const [at, [path, says]] of [...PLACES, message].entries()) {
      const text = says instanceof RegExp ? says : says[platform];
      if (text === undefined) throw new Error(`${path} is not expected on ${platform}`);
      await page.goto(`${console.url}/console${path}`);
      await page.locator("main").getByText(text).first().waitFor();
      await page.locator('[aria-busy="true"]').first().waitFor({ state: "detached" });
      await page.screenshot({ path: join(shots, `stage-${platform}-${at}.png`) });
    }
    expect(wrong).toEqual([]);
    expect(console.running.stderr).toEqual([]);
  },
);
