import { ReferenceDriver, referenceCapabilities, type Taking } from "../conformance/index.ts";
import type { QueueOptions } from "../src/queue/binding.ts";
import type {
  Delivery,
  Outgoing,
  QueueCapabilities,
  SendResult,
  Settlement,
  SettleResult,
} from "../src/queue/driver.ts";
import { referenceWorld } from "./reference.ts";

/** One request, as the service saw it. */
export interface Request {
  readonly verb: "send" | "take" | "settle";
  /** Milliseconds since the world began. */
  readonly at: number;
  readonly items: readonly string[];
}

/** The reference driver behind a network: each call takes a round trip of virtual time and is written down. */
export class NetworkDriver extends ReferenceDriver {
  override readonly capabilities: QueueCapabilities = {
    ...referenceCapabilities,
    // As most services have it: whoever gives a message back has had it.
    release: false,
    network: { inFlight: 3, lingerMs: 10 },
  };
  readonly requests: Request[] = [];
  readonly signals: (AbortSignal | undefined)[] = [];
  tripMs = 20;
  /** What the service says to a message of the n-th send; undefined takes it. */
  answer: (call: number, message: Outgoing) => SendResult | undefined = () => undefined;
  underWay = 0;
  mostUnderWay = 0;
  readonly #began: number;

  constructor(...given: ConstructorParameters<typeof ReferenceDriver>) {
    super(...given);
    this.#began = this.queue.clock.now();
  }

  of(verb: Request["verb"]): readonly Request[] {
    return this.requests.filter((request) => request.verb === verb);
  }

  /** What was sent, call by call. */
  get sent(): readonly (readonly string[])[] {
    return this.of("send").map(({ items }) => items);
  }

  override async send(messages: readonly Outgoing[], signal?: AbortSignal) {
    this.signals.push(signal);
    const call = this.#write(
      "send",
      messages.map(({ body }) => body),
    );
    const answers = messages.map((message) => this.answer(call, message));
    await this.#trip();
    const fine = messages.filter((_, index) => answers[index] === undefined);
    const taken = [...(await super.send(fine))];
    // One for each message without an answer of its own.
    return answers.map((answer) => answer ?? (taken.shift() as SendResult));
  }

  protected override async take(
    taking: Taking,
    signal?: AbortSignal,
  ): Promise<readonly Delivery[]> {
    this.#write("take", [`${taking.max} ${taking.waitMs > 0 ? "waits" : "looks"}`]);
    await this.#trip();
    return super.take(taking, signal);
  }

  protected override async settle(batch: readonly Settlement[]): Promise<readonly SettleResult[]> {
    this.#write(
      "settle",
      batch.map(({ delivery, outcome }) => `${outcome.kind} ${delivery.body}`),
    );
    await this.#trip();
    return super.settle(batch);
  }

  #write(verb: Request["verb"], items: readonly string[]): number {
    this.requests.push({ verb, at: this.queue.clock.now() - this.#began, items });
    return this.of(verb).length;
  }

  async #trip(): Promise<void> {
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay);
    await new Promise<void>((resolve) => void this.queue.clock.schedule(this.tripMs, resolve));
    this.underWay--;
  }
}

/** A queue behind a network, and what a test needs around it. */
export function networkWorld(options: Partial<QueueOptions> = {}) {
  const world = referenceWorld(options);
  const driver = new NetworkDriver(world.queue);
  const tasks = world.client({ random: () => 0.5 }, driver);
  /** Lets it take so long, by the virtual clock. */
  const passing = (ms: number) =>
    new Promise<void>((resolve) => void world.clock.schedule(ms, resolve));
  return { ...world, driver, tasks, passing };
}
