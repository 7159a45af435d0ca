/** What Cloudflare Queues does differently over HTTP, by the name of the case. */
export const exceptions = {
  "peek shows what is delayed and its time, and goes on after an id":
    "Cloudflare shows neither the state of a message nor when it is due: https://developers.cloudflare.com/api/resources/queues/subresources/messages/methods/peek/",
};
