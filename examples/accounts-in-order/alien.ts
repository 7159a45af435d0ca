import * as alien from "@alienplatform/core";

// The field that says which payments must keep their order.
new alien.Queue("payments").fifo({ group: "account" }).backoff({ initial: "200ms" }).build();
