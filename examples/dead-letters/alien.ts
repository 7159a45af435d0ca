import * as alien from "@alienplatform/core";

const twice = { initial: "100ms", factor: 1, max: "100ms" } as const;
new alien.Queue("orders").maxAttempts(2).backoff(twice).build();

const failed = new alien.Queue("failed-mails").build();
new alien.Queue("mails").maxAttempts(2).backoff(twice).deadLetters(failed).build();
