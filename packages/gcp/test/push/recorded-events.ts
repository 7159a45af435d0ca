/** As Google documents them: https://cloud.google.com/pubsub/docs/push#receive_push */
export const SUBSCRIPTION = "projects/myproject/subscriptions/mysubscription";

const message = {
  attributes: { key: "value" },
  data: "SGVsbG8gQ2xvdWQgUHViL1N1YiEgSGVyZSBpcyBteSBtZXNzYWdlIQ==",
  messageId: "2070443601311540",
  message_id: "2070443601311540",
  publishTime: "2021-02-26T19:13:55.749Z",
  publish_time: "2021-02-26T19:13:55.749Z",
};

/** Of a subscription as it is made by default. */
export const plainEvent = { message, subscription: SUBSCRIPTION };

/** Of one with ordering and a dead-letter policy. */
export const orderedEvent = {
  deliveryAttempt: 5,
  message: { ...message, orderingKey: "key" },
  subscription: SUBSCRIPTION,
};
