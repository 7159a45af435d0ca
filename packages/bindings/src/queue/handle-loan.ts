import type { Outcome } from "./driver.ts";
import { type Handling, handleDelivery } from "./handle.ts";
import type { Loan } from "./loan.ts";

/** Runs the handler over what is on loan, watched where somebody listens. Never rejects. */
export function handleLoan(loan: Loan, handling: Handling): Outcome | Promise<Outcome> {
  const watch = handling.telemetry?.process(loan.delivery);
  loan.watch = watch;
  return watch === undefined
    ? handleDelivery(loan.delivery, handling, loan)
    : watch.run((delivery) => handleDelivery(delivery, handling, loan));
}
