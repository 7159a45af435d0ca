import * as alien from "@alienplatform/core";

/** One mail at a time, so that their order can be seen. */
export const mails = new alien.Queue("mails").concurrency(1).build();
