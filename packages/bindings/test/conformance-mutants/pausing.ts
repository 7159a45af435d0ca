import { ReferenceDriver, ReferenceQueue, type Taking } from "../../conformance/index.ts";
import type { Stored } from "../../conformance/stored.ts";
import type { PauseRequest } from "../../src/queue/control.ts";
import type { Failure, ReceiveOptions } from "../../src/queue/driver.ts";
import { inDriver, inQueue, type Mutant } from "./mutant.ts";

/** Faults in pausing, resuming and binding. */
export const pausingMutants: readonly Mutant[] = [
  inQueue(
    "hands messages to consumers although it is paused",
    "a receiver with handlers is given nothing while paused, and told of it",
    class extends ReferenceQueue {
      protected override holdsBack(): boolean {
        return false;
      }
    },
  ),
  inDriver(
    "tells no receiver that it is paused",
    "a receiver with handlers is given nothing while paused, and told of it",
    class extends ReferenceDriver {
      override open({ onPause: _, ...options }: ReceiveOptions) {
        return super.open(options);
      }
    },
  ),
  inDriver(
    "gives what waited to nobody after a resume",
    "while paused no handler is called; once resumed what waited is handled",
    class extends ReferenceDriver {
      override async resume() {
        // Somebody has to tell it.
      }
    },
  ),
  inDriver(
    "does not know how to resume by itself",
    "a pause with an until ends by itself then, not before",
    class extends ReferenceDriver {
      override pause({ until: _, ...request }: PauseRequest) {
        return super.pause(request);
      }
    },
  ),
  inDriver(
    "resumes a second early",
    "a pause with an until ends by itself then, not before",
    class extends ReferenceDriver {
      override pause({ until, ...request }: PauseRequest) {
        return super.pause({ ...request, ...(until !== undefined && { until: until - 1_000 }) });
      }
    },
  ),
  inDriver(
    "keeps the first of two pauses",
    "a second pause replaces the first, its reason and its until too",
    class extends ReferenceDriver {
      override async pause(request: PauseRequest) {
        if (this.queue.control.current.pause === undefined) await super.pause(request);
      }
    },
  ),
  inDriver(
    "stops polled receive too",
    "polled receive goes on while paused",
    class extends ReferenceDriver {
      protected override take(taking: Taking, signal?: AbortSignal) {
        return super.take({ ...taking, handled: true }, signal);
      }
    },
  ),
  inDriver(
    "takes away from a running handler what it works on",
    "a handler that runs when the queue is paused goes on to its end",
    class extends ReferenceDriver {
      override async pause(request: PauseRequest) {
        await super.pause(request);
        for (const stored of this.queue.waiting()) stored.loan = undefined;
      }
    },
  ),
  inDriver(
    "counts a resume that changes nothing",
    "resuming a queue that is not paused changes nothing",
    class extends ReferenceDriver {
      override async resume() {
        this.queue.control.bind(undefined);
      }
    },
  ),
  inDriver(
    "forgets why it is paused",
    "stats say why, since when and until when a queue is paused",
    class extends ReferenceDriver {
      override pause(request: PauseRequest) {
        return super.pause({ ...request, reason: "" });
      }
    },
  ),
  inDriver(
    "resumes with a purge",
    "purge takes what waits while paused, and the queue stays paused",
    class extends ReferenceDriver {
      override async purge() {
        await super.resume();
        return super.purge();
      }
    },
  ),
  inQueue(
    "dead-letters what a pause finds and nothing that comes later",
    "what is sent, becomes due or is given back while paused to dead-letter is dead then, and no handler is called",
    class extends ReferenceQueue {
      protected override buryPaused(): void {
        const { since } = this.control.current.pause ?? {};
        if (since === this.clock.now()) super.buryPaused();
      }
    },
  ),
  inQueue(
    "lets what is paused to dead-letter wait",
    "what is ready when a queue is paused to dead-letter is dead at once, in order, its attempts as they were",
    class extends ReferenceQueue {
      protected override buryPaused(): void {
        // It should not.
      }
    },
  ),
  inQueue(
    "counts an attempt for what a pause dead-letters",
    "what is ready when a queue is paused to dead-letter is dead at once, in order, its attempts as they were",
    class extends ReferenceQueue {
      protected override bury(stored: Stored, error: Failure): void {
        if (error.code === "PAUSED") stored.attempts++;
        super.bury(stored, error);
      }
    },
  ),
  inQueue(
    "dead-letters a group past what of it is on loan",
    "a group goes to the dead letters in order, after what of it is on loan",
    class extends ReferenceQueue {
      protected override groupIsFree({ message, place }: Stored): boolean {
        return !this.messages.some(
          (other) =>
            other.loan === undefined &&
            other.message.group === message.group &&
            other.place < place,
        );
      }
    },
  ),
  inQueue(
    "redrives into its own dead letters",
    "a redrive is refused while the queue is paused to dead-letter, and works once it is resumed",
    class extends ReferenceQueue {
      protected override refuseWhilePaused(): void {
        // It should.
      }
    },
  ),
  inQueue(
    "refuses every redrive while it is paused",
    "a message that is redriven while the queue is paused waits",
    class extends ReferenceQueue {
      protected override refuseWhilePaused(): void {
        if (this.control.current.pause !== undefined) throw new RangeError("it is paused");
      }
    },
  ),
  inDriver(
    "keeps the consumer that was bound first",
    "binding a consumer overwrites the one before and sets it active unless told otherwise",
    class extends ReferenceDriver {
      override async bind(consumer: string, status: "active" | "paused") {
        const before = this.queue.control.current.consumer;
        await super.bind(before ?? consumer, status);
      }
    },
  ),
  inDriver(
    "leaves a queue paused that is bound as active",
    "binding a consumer overwrites the one before and sets it active unless told otherwise",
    class extends ReferenceDriver {
      override async bind(consumer: string, status: "active" | "paused") {
        if (status === "paused") return super.bind(consumer, status);
        this.queue.control.bind(consumer);
      }
    },
  ),
  inDriver(
    "resumes with an unbind",
    "unbinding forgets the consumer and keeps a pause",
    class extends ReferenceDriver {
      override async unbind() {
        await super.unbind();
        await super.resume();
      }
    },
  ),
  inDriver(
    "tells nobody of a resume",
    "whoever watches a queue hears of each decision",
    class extends ReferenceDriver {
      override controlAfter(version: number, signal: AbortSignal) {
        const paused = this.queue.control.current.pause !== undefined;
        return super.controlAfter(paused ? -version : version, signal);
      }
    },
  ),
];
