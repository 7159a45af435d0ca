import * as alien from "@alienplatform/core";

const orders = new alien.Queue("orders").fifo({ group: "account" }).results("7d").build();

export default new alien.Stack("delays").add(orders).build();
