import * as alien from "@alienplatform/core";

export const reminders = new alien.Queue("reminders").build();
