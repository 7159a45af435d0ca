import { WireServer } from "../../../../packages/azure/test/wire/server.ts";
import type { Place } from "../place.ts";

/** Service Bus over AMQP 1.0. */
export const serviceBusWire: Place = {
  name: "Service Bus (a wire server of our own)",
  async open({ leaseMs, retentionMs }, atEnd) {
    const server = new WireServer();
    await server.listen();
    atEnd(() => server.close());
    const common = { lockMs: leaseMs, maxDeliveryCount: 2_000 };
    server.createQueue("tasks-dead", common);
    server.createQueue("tasks", { ...common, ttlMs: retentionMs, forwardDeadTo: "tasks-dead" });
    const emulator = `127.0.0.1:${server.port}`;
    const address = { namespace: "127.0.0.1", queue: "tasks", deadQueue: "tasks-dead", emulator };
    return { binding: { platform: "azure", address } };
  },
};
