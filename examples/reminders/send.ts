import { queue } from "@alienplatform/sdk";
import { planReminder } from "./remind.ts";

const day = 24 * 60 * 60 * 1000;
const visit = { patient: "ada", at: new Date(Date.now() + day + 1_000) };
for (const time of ["first", "second"]) {
  const planned = await planReminder(visit);
  console.log(`${time} time: ${planned ? "planned" : "it was planned already"}`);
}
const reminders = await queue("reminders");
await reminders.send("reminders", { patient: "bob", at: "soon" }, { delay: "200ms" });
