import * as alien from "@alienplatform/core";

export const payments = new alien.Queue("payments").maxAttempts(3).lease("1m").build();
export const receipts = new alien.Queue("receipts").build();
const worker = new alien.Function("worker").trigger(payments).link(receipts).build();

export default new alien.Stack("shop").add(payments).add(receipts).add(worker).build();
