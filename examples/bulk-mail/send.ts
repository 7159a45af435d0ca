import { queue } from "@alienplatform/sdk";

const mails = await queue("mails");
const payloads = Array.from({ length: 30 }, (_, n) => ({ to: `customer-${n + 1}@example.com` }));
const results = await mails.sendBatch(payloads.map((payload) => ({ payload })));
console.log(`sent ${results.filter(({ ok }) => ok).length} mails`);
