import * as alien from "@alienplatform/core";

new alien.Queue("emails").maxAttempts(3).backoff({ initial: "200ms" }).build();
