import type { QueueBinding } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";

/** What `binding.address` holds for SQS. */
export interface SqsAddress {
  /** The queue's URL, as SQS gives it. */
  readonly url: string;
  /** Of the queue that its dead letters are in. */
  readonly deadLetterUrl: string;
  readonly region: string;
  /** Where SQS answers, where that is not the URL's own host: an emulator, a VPC endpoint. */
  readonly endpoint?: string;
  /** Whether all messages go in one group of SQS, so that it lends them to one receiver at a time. */
  readonly oneGroup?: boolean;
  /** The function of Lambda that is triggered by it. */
  readonly consumer?: string;
}

/** The checked address of a binding; BINDING_INVALID says what is wrong with it. */
export function readAddress({ queue, options, address }: QueueBinding): SqsAddress {
  const { url, deadLetterUrl, region, endpoint, oneGroup, consumer } = address;
  if (!isUrl(url)) throw invalid(queue, '"url" is not the URL of an SQS queue');
  if (!isUrl(deadLetterUrl)) throw invalid(queue, '"deadLetterUrl" is not the URL of an SQS queue');
  if (typeof region !== "string" || region === "") throw invalid(queue, 'it names no "region"');
  if (endpoint !== undefined && !isUrl(endpoint)) throw invalid(queue, '"endpoint" is not a URL');
  const fifo = options.fifo !== undefined;
  for (const each of [url, deadLetterUrl]) {
    const said = regionOf(each);
    if (said !== undefined && said !== region) {
      throw invalid(queue, `its "region" is ${region}, and ${each} is in ${said}`);
    }
    if (isFifo(each) === fifo) continue;
    throw invalid(queue, `the queue is ${fifo ? "" : "not "}FIFO, and ${each} says otherwise`);
  }
  return {
    url,
    deadLetterUrl,
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(oneGroup === true ? { oneGroup } : {}),
    ...(typeof consumer === "string" ? { consumer } : {}),
  };
}

/**
 * Whether a queue is FIFO: SQS asks for the suffix.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
 */
export function isFifo(url: string): boolean {
  return url.endsWith(".fifo");
}

/**
 * The region that the URL of a queue names; undefined where it is none of AWS's own.
 * https://docs.aws.amazon.com/general/latest/gr/sqs-service.html
 */
function regionOf(url: string): string | undefined {
  const { hostname } = new URL(url);
  if (hostname === "queue.amazonaws.com") return "us-east-1";
  return AWS_HOSTS.map((host) => host.exec(hostname)?.[1]).find((region) => region !== undefined);
}

/** Today's, with the dual stack and FIPS, the older ones, and those of VPC endpoints. */
const AWS_HOSTS = [
  /^sqs(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/,
  /^([a-z0-9-]+)\.queue\.amazonaws\.com(?:\.cn)?$/,
  /\.sqs\.([a-z0-9-]+)\.vpce\.amazonaws\.com(?:\.cn)?$/,
];

function isUrl(value: unknown): value is string {
  return typeof value === "string" && URL.canParse(value);
}

function invalid(queue: string, what: string): AlienError {
  return new AlienError("BINDING_INVALID", `the address of queue "${queue}" is wrong: ${what}`, {
    fix: 'Write "address": { "url", "deadLetterUrl", "region" }, with "endpoint" for an emulator; or deploy again.',
    details: { queue },
  });
}
