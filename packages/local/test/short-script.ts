import { QueueClient, systemClock } from "@alienplatform/bindings";
import { runtime } from "../src/runtime.ts";

/** Sends one message and says no more: no close, no exit. */
const binding = await runtime.discover?.("tasks", process.cwd());
if (binding === undefined) throw new TypeError("the local platform finds queues by itself");
const { options } = binding;
const tasks = new QueueClient(runtime.queue(binding, systemClock), { queue: "tasks", options });
await tasks.send("tasks", { from: process.argv[2] });
