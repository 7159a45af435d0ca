import { describe, it } from "vitest";
import { queueConformance, ReferenceDriver, ReferenceQueue } from "../conformance/index.ts";
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
  },
  open: async (options) => {
    const clock = new VirtualClock();
    const queue = new ReferenceQueue("tasks", options, clock);
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
      close: () => driver.close(),
    };
  },
});
