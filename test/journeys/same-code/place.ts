import type { QueueBinding, QueueOptions } from "@alienplatform/bindings";

/** Where the job can run: a service that speaks a vendor's protocol, or this machine. */
export interface Place {
  /** As the report names it. */
  readonly name: string;
  /** Makes the queue "tasks" and its dead letters' as deploy would; `atEnd` takes what has to be stopped. */
  open(options: QueueOptions, atEnd: (stop: () => unknown) => void): Promise<Opened>;
}

export interface Opened {
  /** All that differs between the places. */
  readonly binding: Pick<QueueBinding, "platform" | "address">;
  /** What the vendor's SDK wants to see in the environment. */
  readonly env?: Readonly<Record<string, string>>;
}
