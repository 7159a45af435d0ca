import * as alien from "@alienplatform/core";

const invoices = new alien.Queue("invoices").build();

export default new alien.Stack("accounting").add(invoices).build();
