import { queue } from "@alienplatform/sdk";

const invoices = await queue("invoices");
await invoices.sendBatch([{ payload: { total: 40 } }, { payload: { total: 2 } }]);
console.log("sent 2 invoices");
