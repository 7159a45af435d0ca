import { GetFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { STSClient } from "@aws-sdk/client-sts";
import { afterAll } from "vitest";
import type { AtEnd } from "../peer.ts";
import type { Fields } from "./aws-answer.ts";
import { DeployedFunction, type FunctionPlace } from "./deployed-function.ts";
import { EventSourcePoller, type PolledBatch, type PolledMapping } from "./event-source-poller.ts";
import { functionName } from "./lambda-route.ts";
import { RolesAssumed } from "./role-credentials.ts";
import type { AwsPeer } from "./start-aws.ts";

export interface LambdaHostOptions {
  readonly atEnd?: AtEnd;
  /** Of somebody who may do everything. */
  readonly credentials?: FunctionPlace["credentials"];
}

/** A batch, and which function it went to. */
export interface HandledBatch extends PolledBatch {
  readonly function: string;
}

const ANYBODY = { accessKeyId: "lambda", secretAccessKey: "lambda" };
/** As many batches as Lambda begins with. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const FIRST_CONCURRENCY = 5;

/**
 * The half of Lambda that moto has not: runs the functions that are deployed, and polls the queues of the mappings that are
 * enabled, as they are at each moment.
 */
export class LambdaHost {
  readonly batches: HandledBatch[] = [];
  readonly #aws: AwsPeer;
  readonly #place: FunctionPlace;
  readonly #lambda: LambdaClient;
  readonly #sts: STSClient;
  readonly #functions = new Map<string, DeployedFunction>();
  readonly #pollers = new Map<
    string,
    { readonly key: string; readonly poller: EventSourcePoller }
  >();
  readonly #waiting = new Set<() => void>();
  /** One look after the other; never rejects. */
  #following = Promise.resolve();
  #failed: Error | undefined;

  constructor(aws: AwsPeer, { atEnd = afterAll, credentials = ANYBODY }: LambdaHostOptions = {}) {
    const { endpoint, region, moto } = aws;
    const client = { endpoint, region, credentials };
    this.#aws = aws;
    this.#lambda = new LambdaClient(client);
    this.#sts = new STSClient(client);
    const roles = new RolesAssumed(this.#sts);
    this.#place = { ...client, roles, logEndpoint: moto };
    aws.mappings.onChange(() => this.#follow());
    this.#follow();
    atEnd(() => this.stop());
  }

  /** A function by its physical name. */
  function(name: string): DeployedFunction {
    const known = this.#functions.get(name);
    if (known !== undefined) return known;
    const made = new DeployedFunction(name, this.#place);
    this.#functions.set(name, made);
    return made;
  }

  /** Resolves when what was asked of the mappings so far is so: nothing is taken for one that was disabled. */
  async followed(): Promise<void> {
    await this.#following;
    if (this.#failed !== undefined) throw this.#failed;
  }

  /** Resolves as soon as all that was handled so far is enough; for what never comes, the test's time is the limit. */
  async handled(enough: (batches: readonly HandledBatch[]) => boolean): Promise<void> {
    while (!enough(this.batches)) {
      if (this.#failed !== undefined) throw this.#failed;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  async stop(): Promise<void> {
    await this.followed();
    const pollers = [...this.#pollers.values()];
    this.#pollers.clear();
    await Promise.all(pollers.map(({ poller }) => poller.stop()));
    await Promise.all([...this.#functions.values()].map((each) => each.stop()));
    this.#lambda.destroy();
    this.#sts.destroy();
  }

  #follow(): void {
    this.#following = this.#following
      .then(() => this.#look())
      .catch((error: Error) => this.#fail(error));
  }

  #fail(error: Error): void {
    this.#failed ??= error;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** Begins to poll for what was enabled, and ends it for what is not enabled any more, or otherwise. */
  async #look(): Promise<void> {
    const enabled = this.#aws.mappings.all().filter(({ State }) => State === "Enabled");
    const wanted = new Map(enabled.map((fields) => [String(fields.UUID), fields]));
    for (const [uuid, { key, poller }] of this.#pollers) {
      if (keyOf(wanted.get(uuid)) === key) continue;
      this.#pollers.delete(uuid);
      await poller.stop();
    }
    for (const [uuid, fields] of wanted) {
      if (this.#pollers.has(uuid)) continue;
      this.#pollers.set(uuid, { key: keyOf(fields), poller: await this.#poll(fields) });
    }
  }

  async #poll(fields: Fields): Promise<EventSourcePoller> {
    const name = functionName(String(fields.FunctionArn));
    const found = await this.#lambda.send(new GetFunctionCommand({ FunctionName: name }));
    const credentials = await this.#place.roles.of(found.Configuration?.Role ?? "");
    return new EventSourcePoller({
      endpoint: this.#aws.endpoint,
      mapping: polled(fields),
      credentials,
      invoke: (event) => this.function(name).invoke(event),
      onBatch: (batch) => {
        this.batches.push({ ...batch, function: name });
        this.#wake();
      },
      onFailure: (error) => this.#fail(error),
    });
  }
}

/** What makes it another mapping to poll for. */
function keyOf(fields: Fields | undefined): string {
  return fields === undefined ? "" : JSON.stringify(polled(fields));
}

/** With what Lambda does where nothing was said. */
function polled(fields: Fields): PolledMapping {
  const { UUID, EventSourceArn, BatchSize, MaximumBatchingWindowInSeconds } = fields;
  const scaling = (fields.ScalingConfig ?? {}) as Fields; // an object, if there is one
  return {
    UUID: String(UUID),
    EventSourceArn: String(EventSourceArn),
    BatchSize: Number(BatchSize ?? 10),
    MaximumBatchingWindowInSeconds: Number(MaximumBatchingWindowInSeconds ?? 0),
    FunctionResponseTypes: (fields.FunctionResponseTypes ?? []) as readonly string[], // Lambda's own
    MaximumConcurrency: Math.min(
      FIRST_CONCURRENCY,
      Number(scaling.MaximumConcurrency ?? FIRST_CONCURRENCY),
    ),
  };
}
