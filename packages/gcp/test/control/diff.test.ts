import { expect, test } from "vitest";
import { membersOf, rolesOf, withMembers, withRoles } from "../../src/control/iam-policy.ts";
import { gather, labelsOf, ownerOf, spread, withLabels } from "../../src/control/owner-labels.ts";
import { pauseLabels, pauseOf, withoutPause } from "../../src/control/pause-labels.ts";
import { PubSubSubscriptionController } from "../../src/control/pubsub-subscription.ts";
import { settingsOf } from "../../src/control/subscription-settings.ts";
import { GoogleClient } from "../../src/google-client.ts";
import type { PubSubSubscriptionConfig } from "../../src/part-configs.ts";

const google = new GoogleClient({ endpoints: {}, auth: () => Promise.reject(new Error("none")) });
const controller = new PubSubSubscriptionController(google, "p");
const push = {
  endpoint: "https://one.run.app/",
  audience: "https://one.run.app",
  serviceAccount: "a@b",
};
const pushConfig = {
  pushEndpoint: push.endpoint,
  oidcToken: { serviceAccountEmail: push.serviceAccount, audience: push.audience },
};
const config: PubSubSubscriptionConfig = {
  topic: "projects/p/topics/t",
  enableMessageOrdering: false,
  ackDeadlineSeconds: 60,
  messageRetentionDuration: 345_600,
  expires: false,
  push,
  retryPolicy: { minimumBackoff: 0.1, maximumBackoff: 600 },
  pausedAtFirst: false,
};
const found = {
  name: "projects/p/subscriptions/s",
  topic: "projects/p/topics/t",
  ackDeadlineSeconds: 60,
  messageRetentionDuration: "345600s",
  expirationPolicy: {},
  retryPolicy: { minimumBackoff: "0.100s", maximumBackoff: "600s" },
};
const part = (more: object, labels = {}) => ({
  id: found.name,
  attributes: {},
  settings: settingsOf({ ...found, ...more }),
  labels,
});
const paused = pauseLabels({ reason: "the bank is closed", since: 1_795_342_234_000 });
const paths = (...args: Parameters<typeof controller.diff>) =>
  controller.diff(...args).map(({ path }) => path);

test("what differs only in the way it is written is no difference of a subscription", () => {
  expect(paths(config, part({ pushConfig }))).toEqual([]);
});

test("a subscription that somebody has paused does not push, and that is no difference", () => {
  expect(paths(config, part({ pushConfig: {} }, paused))).toEqual([]);
  const elsewhere = { ...config, push: { ...push, endpoint: "https://two.run.app/" } };
  expect(paths(elsewhere, part({ pushConfig: {} }, paused))).toEqual([]);
});

test("a push that nobody paused is switched on again, and one to another function is led here", () => {
  expect(paths(config, part({ pushConfig: {} }))).toEqual(["push"]);
  const { push: _, retryPolicy: __, ...pull } = config;
  expect(paths(pull, part({ pushConfig })).sort()).toEqual(["push", "retryPolicy"]);
  const other = { ...pushConfig, pushEndpoint: "https://two.run.app/" };
  expect(paths(config, part({ pushConfig: other }))).toEqual(["push"]);
});

test("a pause does not hide that somebody leads a subscription elsewhere", () => {
  const other = { ...pushConfig, pushEndpoint: "https://evil.example/" };
  expect(paths(config, part({ pushConfig: other }, paused))).toEqual(["push"]);
});

test("only another topic or order makes another subscription", () => {
  const changes = controller.diff(
    {
      ...config,
      enableMessageOrdering: true,
      topic: "projects/p/topics/u",
      ackDeadlineSeconds: 10,
    },
    part({ pushConfig }),
  );
  const replacing = changes.filter(({ replaces }) => replaces !== undefined);
  expect(replacing.map(({ path }) => path).sort()).toEqual(["enableMessageOrdering", "topic"]);
  expect(changes).toHaveLength(3);
});

test("a subscription that Google would delete by itself is told not to", () => {
  const { expirationPolicy, ...without } = { ...found, pushConfig };
  const remote = { ...part({}), settings: settingsOf(without) };
  expect(paths(config, remote)).toEqual(["expires"]);
  expect(paths(config, part({ pushConfig, expirationPolicy: { ttl: "86400s" } }))).toEqual([
    "expires",
  ]);
});

test("a pause is told by labels as it was said, and leaves others' labels", () => {
  const reason = "Größe: 100 % — «closed» until/after Monday_";
  const labels = { team: "blue", ...pauseLabels({ reason, since: 7 }) };
  expect(pauseOf(labels)).toEqual({ reason, since: 7 });
  for (const value of Object.values(labels)) expect(value).toMatch(/^[a-z0-9_-]{0,63}$/);
  expect(withoutPause(labels)).toEqual({ team: "blue" });
  expect(pauseOf({ team: "blue" })).toBeUndefined();
});

test("an owner of any length and letters is told by legal labels", () => {
  const owner = { stack: "Shop_1", stage: "pr-123", part: `function/${"Long_".repeat(12)}/url` };
  const labels = labelsOf(owner);
  expect(ownerOf(labels)).toEqual(owner);
  expect(Object.keys(labels)).toContain("alien-part-1");
  for (const [name, value] of Object.entries(labels)) {
    expect(`${name}=${value}`).toMatch(/^[a-z][a-z0-9_-]{0,62}=[a-z0-9_-]{0,63}$/);
  }
  const shorter = withLabels({ team: "blue", ...labels }, { ...owner, part: "x" });
  expect(shorter).toEqual({ team: "blue", ...labelsOf({ ...owner, part: "x" }) });
  expect(ownerOf({ "alien-stack": "shop" })).toBeUndefined();
  expect(gather("a", spread("a", "_0a"))).toBe("_0a");
});

test("a member's roles are changed without touching others, nor what has a condition", () => {
  const condition = {
    title: "for now",
    expression: "request.time < timestamp('2030-01-01T00:00:00Z')",
  };
  const policy = {
    etag: "BwX",
    bindings: [
      { role: "roles/pubsub.publisher", members: ["user:ann", "serviceAccount:w"] },
      { role: "roles/pubsub.editor", members: ["serviceAccount:w"], condition },
    ],
  };
  const changed = withRoles(policy, "serviceAccount:w", ["roles/pubsub.subscriber"]);
  expect(changed.etag).toBe("BwX");
  expect(changed.bindings).toEqual([
    { role: "roles/pubsub.editor", members: ["serviceAccount:w"], condition },
    { role: "roles/pubsub.publisher", members: ["user:ann"] },
    { role: "roles/pubsub.subscriber", members: ["serviceAccount:w"] },
  ]);
  expect(rolesOf(changed, "serviceAccount:w")).toEqual(["roles/pubsub.subscriber"]);
  const open = withMembers(policy, "roles/pubsub.publisher", ["allUsers"]);
  expect(membersOf(open, "roles/pubsub.publisher")).toEqual(["allUsers"]);
});
