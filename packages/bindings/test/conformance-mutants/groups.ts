import { ReferenceQueue } from "../../conformance/index.ts";
import type { Stored } from "../../conformance/stored.ts";
import { inQueue, type Mutant } from "./mutant.ts";

/** Faults in the order of FIFO groups. */
export const groupMutants: readonly Mutant[] = [
  inQueue(
    "reorders a group",
    "a group is delivered in the order of sending",
    class extends ReferenceQueue {
      protected override groupIsFree(stored: Stored): boolean {
        return !this.others(stored).some(({ place }) => place > stored.place);
      }
      private others({ message }: Stored): readonly Stored[] {
        return this.messages.filter((other) => other.message.group === message.group);
      }
    },
  ),
  inQueue(
    "delivers a later one of a group while an earlier waits for its retry",
    "a later message of a group waits while an earlier one waits for its retry",
    class extends ReferenceQueue {
      protected override groupIsFree(stored: Stored): boolean {
        return this.earlier(stored).every((other) => this.stateOf(other) === "delayed");
      }
      private earlier({ message, place }: Stored): readonly Stored[] {
        return this.messages.filter(
          (other) => other.message.group === message.group && other.place < place,
        );
      }
    },
  ),
  inQueue(
    "delivers a later one of a group while an earlier is in flight",
    "a later message of a group waits while an earlier one is in flight",
    class extends ReferenceQueue {
      protected override groupIsFree(stored: Stored): boolean {
        return !this.messages.some(
          (other) =>
            other.message.group === stored.message.group &&
            other.place < stored.place &&
            other.loan === undefined,
        );
      }
    },
  ),
  inQueue(
    "lets one blocked group block the whole queue",
    "a blocked group does not hold up the others",
    class extends ReferenceQueue {
      protected override groupIsFree({ place }: Stored): boolean {
        return !this.messages.some((other) => other.place < place);
      }
    },
  ),
  inQueue(
    "puts a message whose lease ended at the end of its group",
    "a group keeps its order when a lease ends",
    class extends ReferenceQueue {
      protected override comeBack(stored: Stored, delayMs: number): void {
        super.comeBack(stored, delayMs);
        this.remove(stored);
        this.enqueue(stored.message, stored.dueAt);
      }
    },
  ),
  inQueue(
    "lets a message that was sent with a delay hold up its group",
    "a message that was sent with a delay holds up nobody, and joins its group when it is due",
    class extends ReferenceQueue {
      protected override groupIsFree(stored: Stored): boolean {
        for (const other of this.messages) other.joined = true;
        return super.groupIsFree(stored);
      }
    },
  ),
  inQueue(
    "gives a delayed message its place from when it was sent",
    "a message that was sent with a delay holds up nobody, and joins its group when it is due",
    class extends ReferenceQueue {
      protected override joinDue(): void {
        for (const stored of this.messages) {
          if (stored.dueAt <= this.clock.now()) stored.joined = true;
        }
      }
    },
  ),
];
