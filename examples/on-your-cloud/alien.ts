import * as alien from "@alienplatform/core";

new alien.Queue("orders").maxAttempts(3).backoff({ initial: "1s" }).build();
