import * as alien from "@alienplatform/core";

/** The mail provider takes three mails at a time, and is sometimes busy: again after 5, 10, 20, 40 and 80 seconds. */
export const mails = new alien.Queue("mails")
  .concurrency(3)
  .maxAttempts(6)
  .backoff({ initial: "5s", factor: 2, jitter: "none" })
  .build();
