import type { QueueCapabilities } from "@alienplatform/bindings";
import type { PlatformCapabilities } from "@alienplatform/bindings/declared";
import { formatDuration } from "@alienplatform/core";
import { platform as aws, capabilitiesOf as sqs } from "../../packages/aws/src/capabilities.ts";
import {
  platform as azure,
  capabilities as serviceBus,
} from "../../packages/azure/src/capabilities.ts";
import {
  platform as cloudflare,
  workerCapabilities,
} from "../../packages/cloudflare/src/capabilities.ts";
import { platform as gcp, pushCapabilities } from "../../packages/gcp/src/capabilities.ts";
import { platform as here, capabilities as local } from "../../packages/local/src/capabilities.ts";
import { table } from "./render.ts";

/** A platform where it hands messages to functions. */
interface Triggering {
  readonly title: string;
  readonly platform: PlatformCapabilities;
  readonly queue: QueueCapabilities;
}

const platforms: readonly Triggering[] = [
  { title: "local", platform: here, queue: local },
  { title: "AWS", platform: aws, queue: sqs(false, false) },
  { title: "Google Cloud", platform: gcp, queue: pushCapabilities },
  { title: "Azure", platform: azure, queue: serviceBus },
  { title: "Cloudflare", platform: cloudflare, queue: workerCapabilities },
];

type Cell = (of: Triggering) => string;

const rows: readonly (readonly [string, Cell])[] = [
  ["who calls the function", ({ platform }) => platform.trigger?.service ?? "it pulls"],
  [
    "a function may run for",
    ({ platform: { trigger } }) =>
      trigger?.timeoutMaxMs === undefined ? "any time" : formatDuration(trigger.timeoutMaxMs),
  ],
  [
    "lowest `.concurrency(n)` of a plain queue",
    ({ platform }) => `${platform.trigger?.concurrencyMin ?? 1}`,
  ],
  [
    "messages of a FIFO queue handed over at once",
    ({ platform: { trigger }, queue }) =>
      queue.ordered ? `${trigger?.groupBatchMax ?? "any"}` : "no FIFO",
  ],
  [
    "a longer lease is kept while the handler runs",
    ({ queue }) => (queue.extend ? "yes" : "no, `alien plan` makes the loan long enough"),
  ],
  [
    "longest delay that a retry may ask for",
    ({ queue: { retryDelay } }) =>
      retryDelay.maxMs === 0 ? "the subscription's own policy" : formatDuration(retryDelay.maxMs),
  ],
];

/** What each platform can where it calls functions with the messages of a trigger. */
export function triggerTable(): string {
  return table(
    ["", ...platforms.map(({ title }) => title)],
    rows.map(([title, cell]) => [title, ...platforms.map(cell)]),
  );
}
