import type { Delivery, QueueDriver, Receiver, Settlement } from "@alienplatform/bindings";
import { expect, it } from "vitest";
import { tapped } from "./tap.ts";
import { Witness } from "./witness.ts";

/** As the drivers are of which a whole call can fail: the copy of a dead letter may be there by then. */
it("of a settling that fails as a whole, what takes several steps may be there twice", async () => {
  const witness = new Witness();
  const failing = { settle: () => Promise.reject(new Error("cut")) } as unknown as Receiver; // nothing else is called
  const driver = { open: async () => failing } as unknown as QueueDriver; // nothing else is called
  const receiver = await tapped(driver, witness).open({ leaseMs: 1_000 } as never); // nothing else is read
  const settlement = (id: string, outcome: Settlement["outcome"]): Settlement => ({
    delivery: { id, receipt: id } as Delivery, // nothing else is read
    outcome,
  });
  const batch = [
    settlement("acked", { kind: "ack" }),
    settlement("dead", { kind: "deadLetter", error: { code: "ODD", message: "odd" } }),
  ];
  await expect(receiver.settle(batch)).rejects.toThrow("cut");
  expect(witness.history).toMatchObject([{ kind: "twice", id: "dead" }]);
});
