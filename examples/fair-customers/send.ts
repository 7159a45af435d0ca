import { queue } from "@alienplatform/sdk";

const exports = await queue("exports");

/** No more than two exports of one customer at once. */
const wish = (customer: string) => (_: unknown, number: number) => ({
  payload: { customer, number: number + 1 },
  concurrency: { key: customer, limit: 2 },
});

// One customer wants a hundred before the others come.
await exports.sendBatch(Array.from({ length: 100 }, wish("acme")));
await exports.sendBatch(Array.from({ length: 3 }, wish("bolt")));
await exports.sendBatch(Array.from({ length: 3 }, wish("cora")));
console.log("106 exports are wanted");
