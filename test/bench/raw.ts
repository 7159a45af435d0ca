import { ClassicLevel } from "classic-level";
import type { Rate } from "./flow.ts";
import type { Durability } from "./line.ts";
import { perSecond } from "./measure.ts";
import { payloadBytes } from "./payload.ts";
import { inTemporaryDirectory } from "./setting.ts";

export interface RawWork {
  readonly count: number;
  /** Messages of one write; 1 is an awaited put. */
  readonly batch: number;
  readonly durability: Durability;
}

/** What classic-level itself does with the same messages, one key per message, one write at a time. */
export function rawWrites({ count, batch, durability }: RawWork): Promise<Rate> {
  return inTemporaryDirectory(async (directory) => {
    const db = new ClassicLevel<Buffer, Buffer>(directory, {
      keyEncoding: "buffer",
      valueEncoding: "buffer",
    });
    await db.open();
    const options = { sync: durability === "power" };
    // Made beforehand: what is measured is the store, not JSON.
    const value = payloadBytes(0);
    const started = performance.now();
    for (let written = 0; written < count; written += batch) {
      if (batch === 1) {
        await db.put(key(written), value, options);
      } else {
        const chained = db.batch();
        for (let index = 0; index < batch; index++) chained.put(key(written + index), value);
        await chained.write(options);
      }
    }
    const rate = perSecond(Math.ceil(count / batch) * batch, started);
    await db.close();
    return { rate };
  });
}

function key(index: number): Buffer {
  const buffer = Buffer.allocUnsafe(8);
  buffer.writeUInt32BE(0, 0);
  buffer.writeUInt32BE(index, 4);
  return buffer;
}
