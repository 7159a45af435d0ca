import * as alien from "@alienplatform/core";

// Results are kept for an hour after the job has ended; here it would be a day without a word.
new alien.Queue("counting").results("1h").backoff({ initial: "200ms" }).build();
