/** What Service Bus does differently, by the name of the case. */
export const exceptions = {
  "a message that is on loan for longer than the retention comes back all the same":
    "a message that has outlived its time to live is dropped when its lock ends; https://learn.microsoft.com/azure/service-bus-messaging/message-expiration",
  "purge takes those in flight when their lease ends":
    "Service Bus removes only what nobody has locked, so what is on loan comes back when its lease ends; https://learn.microsoft.com/azure/service-bus-messaging/batch-delete",
};

/** The same of sessions. */
export const sessionExceptions = {
  ...exceptions,
  "purge takes what waits for its retry":
    "a group that waits for its retry is locked by its consumer, and a purge cannot have it; https://learn.microsoft.com/azure/service-bus-messaging/message-sessions",
};
