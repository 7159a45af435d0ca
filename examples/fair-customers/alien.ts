import * as alien from "@alienplatform/core";

/** Four exports are made at a time, whoever wants them. */
export const exports = new alien.Queue("exports").concurrency(4).build();
