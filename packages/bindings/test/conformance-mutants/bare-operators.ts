import { BareOperator } from "../conformance-bare/bare-operator.ts";
import { type BareMutant, operating } from "./bare-mutant.ts";

/** Faults of an operator that has less than the contract, and does not say so. */
export const bareOperatorMutants: readonly BareMutant[] = [
  operating(
    "says that it has paused the queue",
    "a pause and a binding are refused where operators' decisions are not kept, and messages go on",
    class extends BareOperator {
      override pause(): Promise<void> {
        return Promise.resolve();
      }
    },
  ),
  operating(
    "knows no job where it keeps none",
    "jobs are JOBS_NOT_KEPT where the platform keeps no records",
    class extends BareOperator {
      override job(): Promise<undefined> {
        return Promise.resolve(undefined);
      }
    },
  ),
  operating(
    "shows no message where it cannot look",
    "a peek is refused where messages cannot be seen without taking them, and takes none",
    class extends BareOperator {
      override async peek(): Promise<readonly []> {
        return [];
      }
    },
  ),
  operating(
    "answers at once to whoever waits for a decision",
    "whoever waits for a decision where none is kept waits until it gives up",
    class extends BareOperator {
      override controlAfter() {
        return this.control();
      }
    },
  ),
  operating(
    "redrives to where it was not told to",
    "a redrive to another queue is refused where dead letters only go back, and moves nothing",
    class extends BareOperator {
      override redrive(ids: readonly string[]) {
        return super.redrive(ids);
      }
    },
  ),
];
