import { QueueClient } from "@alienplatform/bindings";
import type { Case } from "../case.ts";
import type { Rate } from "../flow.ts";
import { interleave, lanes } from "../measure.ts";
import { nullDriver } from "../null-driver.ts";
import { OPTIONS, QUEUE } from "../ours.ts";
import { payload } from "../payload.ts";
import { scaled } from "../setting.ts";
import { drain } from "../steady.ts";

/** The ceiling: the portable layer over a driver that does nothing. */
export const client: Case = {
  name: "client",
  async *run(setting) {
    const count = scaled(setting, 400_000);
    const alone = new QueueClient(nullDriver(), { queue: QUEUE, options: OPTIONS });
    const send = async (width: number): Promise<Rate> => ({
      rate: await lanes(width, count, (index) => alone.send(QUEUE, payload(index))),
    });
    const figures = await interleave(setting.rounds, {
      "send, 1 in flight": () => send(1),
      "send, 2000 in flight": () => send(2000),
      "receive(10) + ack, 100 consumers": async () => ({ rate: await drain(alone, 100, count) }),
    });
    for (const [name, { rate }] of Object.entries(figures)) {
      yield { name: `client over no driver: ${name}`, unit: "/s", ours: rate };
    }
  },
};
