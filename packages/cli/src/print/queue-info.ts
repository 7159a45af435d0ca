import type { Pause, QueueCapabilities, QueueStats } from "@alienplatform/bindings";
import type { ConsumerState } from "@alienplatform/bindings/operate";
import { formatDuration, type QueueResource } from "@alienplatform/core";
import type { ConsumerBinding } from "../binding-of.ts";
import type { Colors } from "../terminal.ts";
import { printCount } from "./count.ts";
import { printCounts } from "./counts.ts";
import { printDuration } from "./duration.ts";
import { printPause } from "./pause.ts";
import { visible } from "./visible.ts";

/** All that is known of a queue without looking at its messages. */
export interface QueueInfo {
  readonly queue: string;
  readonly platform: string;
  readonly stage?: string;
  readonly declared: Omit<QueueResource, "schema">;
  readonly schema?: unknown;
  readonly consumer: Omit<ConsumerBinding, "queue">;
  readonly paused?: Pause;
  readonly stats?: QueueStats;
  readonly consumers?: readonly ConsumerState[];
  readonly capabilities: QueueCapabilities;
}

/** One fact a line, under the queue's name. */
export function printQueueInfo(info: QueueInfo, now: number, colors: Colors): string {
  const { queue, platform, stage, schema, paused, capabilities } = info;
  const place = platform === "local" ? "on this machine" : `on ${platform}`;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ...declaration(info.declared),
    ["schema", schema === undefined ? undefined : 'checked; "--json" shows it'],
    ["consumer", consumerOf(info.consumer)],
    ["paused", paused && printPause(paused, now)],
    ["messages", info.stats && messagesOf(info.stats)],
    ...(info.consumers ?? []).map((one) => ["taken by", takerOf(one)] as const),
    ["can", list(abilities(capabilities, true))],
    ["cannot", list(abilities(capabilities, false))],
  ];
  const shown = facts.filter(([, value]) => value !== undefined && value !== "");
  const width = Math.max(...shown.map(([name]) => name.length));
  return [
    `${colors.bold(queue)}  ${colors.dim(`${place}${stage === undefined ? "" : `, stage ${stage}`} (${capabilities.service})`)}`,
    ...shown.map(([name, value]) => `  ${colors.dim(name.padEnd(width))}  ${visible(value ?? "")}`),
  ].join("\n");
}

function declaration(
  declared: QueueInfo["declared"],
): readonly (readonly [string, string | undefined])[] {
  const { backoff, fifo, concurrency, resultsMs, deadLetters, idempotency } = declared;
  const { initialMs, factor, maxMs, jitter } = backoff;
  const wait = `${formatDuration(initialMs)}, times ${factor} up to ${formatDuration(maxMs)}, jitter ${jitter}`;
  return [
    ["attempts", `${declared.maxAttempts}, after ${wait}`],
    ["lease", formatDuration(declared.leaseMs)],
    ["retention", formatDuration(declared.retentionMs)],
    ["fifo", fifo && (fifo.group === undefined ? "group at send" : `group ${fifo.group}`)],
    ["concurrency", concurrency === undefined ? undefined : `${concurrency} at once`],
    ["results", resultsMs === undefined ? undefined : `kept ${formatDuration(resultsMs)}`],
    ["repeated key", idempotency.conflict === "error" ? "another payload is refused" : undefined],
    ["dead letters", deadLetters === undefined ? "stay beside it" : `go to ${deadLetters}`],
  ];
}

function consumerOf({ function: id, declared }: QueueInfo["consumer"]): string {
  if (id === undefined) return "none in alien.ts";
  return id === declared ? id : `${id} (bound; alien.ts says ${declared ?? "none"})`;
}

function messagesOf({ oldestAgeMs, ...counts }: QueueStats): string {
  const oldest =
    oldestAgeMs === undefined ? "" : `; the oldest waits ${printDuration(oldestAgeMs)}`;
  return `${printCounts(counts)}${oldest}`;
}

function takerOf({ pid, inFlight, waiting }: ConsumerState): string {
  const who = pid === undefined ? "a process" : `process ${pid}`;
  return `${who}: ${printCount(inFlight, "message")} in flight${waiting ? ", waits for more" : ""}`;
}

/** In the words of the documentation, what differs between platforms. */
function abilities(capabilities: QueueCapabilities, wanted: boolean): readonly string[] {
  const all: readonly (readonly [string, boolean])[] = [
    ["be pulled", capabilities.pull],
    ["extend a lease", capabilities.extend],
    ["order groups", capabilities.ordered],
    ["delay a message", capabilities.delayMaxMs > 0],
    ["priorities", capabilities.priority],
    ["idempotency keys", capabilities.idempotency],
    ["concurrency keys", capabilities.concurrencyKeys],
    ["jobs", capabilities.jobs],
    ["pause", capabilities.pausing],
    ["peek", capabilities.peek !== "none"],
    ["count", capabilities.stats !== "none"],
    ["purge", capabilities.purge !== "none"],
  ];
  return all.flatMap(([name, can]) => (can === wanted ? [name] : []));
}

function list(words: readonly string[]): string {
  return words.join(", ");
}
