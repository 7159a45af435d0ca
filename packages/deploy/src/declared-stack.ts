import type {
  EndpointResource,
  FunctionResource,
  QueueResource,
  StackData,
} from "@alienplatform/core";

/** What takes the messages of a queue; deployed, an endpoint is a function that posts them. */
export type Consumer = FunctionResource | EndpointResource;

/** A stack at its place, with what is asked of it while it is lowered. */
export class DeclaredStack<Place> {
  readonly data: StackData;
  readonly place: Place;
  readonly #queues: ReadonlyMap<string, QueueResource>;
  readonly #consumers: ReadonlyMap<string, Consumer>;

  constructor(data: StackData, place: Place) {
    this.data = data;
    this.place = place;
    this.#queues = new Map(this.queues().map((queue) => [queue.id, queue]));
    this.#consumers = new Map(
      this.functions().flatMap((each) => each.triggers.map(({ queue }) => [queue, each] as const)),
    );
  }

  queues(): readonly QueueResource[] {
    return this.data.resources.filter((each) => each.type === "queue");
  }

  /** Everything that becomes a function of the platform. */
  functions(): readonly Consumer[] {
    return this.data.resources.filter((each) => each.type !== "queue");
  }

  /** Stack.build() saw to it that there is one. */
  readonly queue = (id: string): QueueResource => {
    const found = this.#queues.get(id);
    if (found === undefined) throw new TypeError(`queue "${id}" is not in the stack`);
    return found;
  };

  /** Who is triggered by a queue. */
  consumerOf(queue: string): Consumer | undefined {
    return this.#consumers.get(queue);
  }

  /** The queues whose dead letters a queue takes, in the order of their declaring. */
  dyingInto(queue: string): readonly QueueResource[] {
    return this.queues().filter(({ deadLetters }) => deadLetters === queue);
  }
}
