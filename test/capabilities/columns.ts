import type { QueueCapabilities } from "@alienplatform/bindings";
import { capabilitiesOf as sqs } from "../../packages/aws/src/capabilities.ts";
import { capabilities as serviceBus } from "../../packages/azure/src/capabilities.ts";
import { keptCapabilities } from "../../packages/bindings/src/kept/kept-capabilities.ts";
import {
  httpCapabilities,
  workerCapabilities,
} from "../../packages/cloudflare/src/capabilities.ts";
import {
  delayedCapabilities,
  pullCapabilities,
  pushCapabilities,
} from "../../packages/gcp/src/capabilities.ts";
import { capabilities as local } from "../../packages/local/src/capabilities.ts";
import { hostRuns, type Run, suiteRuns, tableRuns } from "./runs.ts";

/** One column of the table: a platform, or one of its products. */
export interface Column {
  readonly title: string;
  /** What its queues can where a deploy has made them. */
  readonly capabilities: QueueCapabilities;
  /** What the service can without the table that a deploy gives each stage. */
  readonly bare: QueueCapabilities;
  /** The file that has the numbers with their pages, and the name of the value in it. */
  readonly source: string;
  readonly value: string;
  /** Runs of the conformance suite. */
  readonly runs: readonly Run[];
  /** Of runs that have both kinds of queues, those cases whose queue is FIFO, or those whose queue is not. */
  readonly fifo?: boolean;
  /** Test files of a function in its host. */
  readonly hosts: readonly Run[];
}

/** The columns, in the order of the table. */
export const columns: readonly Column[] = [
  {
    title: "local",
    capabilities: local,
    bare: local,
    source: "packages/local/src/capabilities.ts",
    value: "capabilities",
    runs: suiteRuns.local,
    hosts: [],
  },
  {
    title: "SQS",
    capabilities: keptCapabilities(sqs(false, false)),
    bare: sqs(false, false),
    source: "packages/aws/src/capabilities.ts",
    value: "STANDARD",
    runs: [...suiteRuns.aws, ...tableRuns.aws],
    fifo: false,
    hosts: hostRuns.aws,
  },
  {
    title: "SQS FIFO",
    capabilities: keptCapabilities(sqs(true, true)),
    bare: sqs(true, false),
    source: "packages/aws/src/capabilities.ts",
    value: "FIFO",
    runs: [...suiteRuns.aws, ...tableRuns.aws],
    fifo: true,
    hosts: hostRuns.aws,
  },
  {
    title: "Pub/Sub",
    capabilities: keptCapabilities(delayedCapabilities(pullCapabilities, {})),
    bare: pullCapabilities,
    source: "packages/gcp/src/capabilities.ts",
    value: "pullCapabilities",
    runs: [...suiteRuns.gcp, ...tableRuns.gcp],
    hosts: [],
  },
  {
    title: "Pub/Sub (push)",
    capabilities: keptCapabilities(delayedCapabilities(pushCapabilities, {})),
    bare: pushCapabilities,
    source: "packages/gcp/src/capabilities.ts",
    value: "pushCapabilities",
    runs: [],
    hosts: hostRuns.gcp,
  },
  {
    title: "Service Bus",
    capabilities: keptCapabilities(serviceBus),
    bare: serviceBus,
    source: "packages/azure/src/capabilities.ts",
    value: "capabilities",
    runs: [...suiteRuns.azure, ...tableRuns.azure],
    hosts: hostRuns.azure,
  },
  {
    title: "Cloudflare (Worker)",
    capabilities: keptCapabilities(workerCapabilities),
    bare: workerCapabilities,
    source: "packages/cloudflare/src/capabilities.ts",
    value: "workerCapabilities",
    runs: [],
    hosts: hostRuns.cloudflareWorker,
  },
  {
    title: "Cloudflare (HTTP)",
    capabilities: keptCapabilities(httpCapabilities),
    bare: httpCapabilities,
    source: "packages/cloudflare/src/capabilities.ts",
    value: "httpCapabilities",
    runs: [...suiteRuns.cloudflareHttp, ...tableRuns.cloudflareHttp],
    hosts: [],
  },
];
