import { describe, it } from "vitest";
import { alone, queueConformance, ReferenceDriver, ReferenceQueue } from "../conformance/index.ts";
import { QueueClient } from "../src/queue/client.ts";
import { VirtualClock } from "../src/virtual-clock.ts";
import { ClientDriver } from "./conformance-client/client-driver.ts";

queueConformance({
  name: "a client over a client",
  runner: { describe, it },
  except: {
    "a job carries the name of its handler, any other message none":
      "a client's batch names no job",
    "a job runs the handler of its name; one without goes to the dead letters at once":
      "a client's batch names no job",
    "a body that is not what it says goes to the dead letters without a run":
      "a client sends no body that is not what it says",
    "a handler that always throws is run maxAttempts times, then its error is in the dead letters":
      "a client's nack carries a reason and no error name",
    "handlers of two consumers together are no more than the queue's concurrency":
      "a client receives by polling, which is not counted",
    "handlers of a FIFO queue, too, are no more than its concurrency, whichever consumer has them":
      "a client receives by polling, which is not counted",
    "a pause and a binding are refused where operators' decisions are not kept, and messages go on":
      "the operator beside this client is the reference queue's own",
    "whoever waits for a decision where none is kept waits until it gives up":
      "the operator beside this client is the reference queue's own",
    "jobs are JOBS_NOT_KEPT where the platform keeps no records":
      "the operator beside this client is the reference queue's own",
  },
  open: async (options) => {
    const clock = new VirtualClock();
    const queue = new ReferenceQueue("tasks", options, clock);
    const other = new ReferenceQueue("others", alone(options), clock);
    queue.siblings.set(other.name, other);
    const others = new ReferenceDriver(other);
    const operator = new ReferenceDriver(queue);
    const connect = () => {
      const driver = new ReferenceDriver(queue);
      return new ClientDriver(
        new QueueClient(driver, { queue: queue.name, options, clock }),
        driver,
      );
    };
    const driver = connect();
    return {
      queue: queue.name,
      driver,
      clock,
      options,
      operator,
      another: async () => connect(),
      sibling: { queue: other.name, driver: others, operator: others },
      close: () => driver.close(),
    };
  },
});
