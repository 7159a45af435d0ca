/** What a task of Cloud Tasks asks when it is due: the publish request of one topic, by the topic's path. */
export function publishUrl(topic: string, endpoint = "https://pubsub.googleapis.com"): string {
  const path = topic.split("/").map(encodeURIComponent).join("/");
  return `${endpoint.replace(/\/$/, "")}/v1/${path}:publish`;
}
