/** Of the queue of Cloud Tasks that a stage's delayed messages wait in, among the parts. */
export const DELAYS_PART = "delays";

/** Of the service account that they are published as. */
export const DELAYS_ACCOUNT_PART = "delays/account";
