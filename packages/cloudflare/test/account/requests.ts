import {
  byField,
  flag,
  listOf,
  matching,
  number,
  oneOf,
  record,
  type Shape,
  text,
} from "./shape.ts";

/*
 * What Cloudflare takes, request by request: the fields are those of the types of its official client (the npm package
 * cloudflare, 7.3.0), of each type what a request of deploy may carry; the limits are those of its pages.
 */

/** "Must match …", says the API: https://github.com/cloudflare/workers-sdk/issues/2522 */
export const QUEUE_NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** https://developers.cloudflare.com/workers/wrangler/configuration/ */
export const SCRIPT_NAME = /^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$/;

/** "Must match …": https://developers.cloudflare.com/api/resources/d1/subresources/database/methods/create/ */
const DATABASE_NAME = /^[a-z0-9][a-z0-9-_]*$/;

/** DatabaseCreateParams */
export const databaseCreate = record({ name: matching(DATABASE_NAME) });

/** DatabaseQueryParams.D1SingleQuery */
export const databaseQuery = record({ sql: text, "params?": listOf(text) });

const delay = number(0, 43_200);

/** https://developers.cloudflare.com/queues/configuration/configure-queues/#queue-configuration */
const queueSettings = record({
  "delivery_delay?": delay,
  "delivery_paused?": flag,
  "message_retention_period?": number(60, 1_209_600),
});

/** QueueCreateParams; its settings are those that wrangler sends, PostQueueBody. */
export const queueCreate = record({
  queue_name: matching(QUEUE_NAME),
  "settings?": queueSettings,
});

/** QueueEditParams */
export const queueEdit = record({
  "queue_name?": matching(QUEUE_NAME),
  "settings?": queueSettings,
});

/** ConsumerCreateParams, and ConsumerUpdateParams, which are the same: https://developers.cloudflare.com/queues/platform/limits/ */
export const consumer = byField("type", {
  worker: record({
    type: oneOf("worker"),
    script_name: matching(SCRIPT_NAME),
    "dead_letter_queue?": matching(QUEUE_NAME),
    "settings?": record({
      "batch_size?": number(1, 100),
      "max_concurrency?": number(1, 250),
      "max_retries?": number(0, 100),
      "max_wait_time_ms?": number(0, 60_000),
      "retry_delay?": delay,
    }),
  }),
  http_pull: record({
    type: oneOf("http_pull"),
    "dead_letter_queue?": matching(QUEUE_NAME),
    "settings?": record({
      "batch_size?": number(1, 100),
      "max_retries?": number(0, 100),
      "retry_delay?": delay,
      "visibility_timeout_ms?": number(0, 43_200_000),
    }),
  }),
});

/** A JavaScript variable's name, says the page of each kind of binding. */
const bindingName = matching(/^[A-Za-z_$][\w$]*$/);
/** https://developers.cloudflare.com/workers/platform/limits/#environment-variables */
const variable: Shape = (value, path) =>
  text(value, path) ??
  (Buffer.byteLength(String(value)) > 5_000 ? `${path} is larger than 5 KB` : undefined);

/** "Avoid special characters like , and &", and eight at most: https://github.com/cloudflare/cloudflare-docs/pull/5958 */
const tags = listOf(matching(/^[^,&]{1,1024}$/), 8);

/** ScriptUpdateParams.Metadata */
export const scriptMetadata = record({
  main_module: text,
  compatibility_date: matching(/^20\d\d-[01]\d-[0-3]\d$/),
  "compatibility_flags?": listOf(text),
  "bindings?": listOf(
    byField("type", {
      d1: record({ type: oneOf("d1"), name: bindingName, id: text }),
      queue: record({ type: oneOf("queue"), name: bindingName, queue_name: matching(QUEUE_NAME) }),
      plain_text: record({ type: oneOf("plain_text"), name: bindingName, text: variable }),
    }),
    128,
  ),
  "keep_bindings?": listOf(text),
  "observability?": record({ enabled: flag, "head_sampling_rate?": number(0, 1) }),
  "tags?": tags,
});

/** SettingEditParams: https://developers.cloudflare.com/api/resources/workers/subresources/scripts/subresources/settings/methods/edit/ */
export const scriptSettings = record({ "tags?": tags });

/** SecretUpdateParams.WorkersBindingKindSecretText */
export const secret = record({ type: oneOf("secret_text"), name: bindingName, text: variable });

/** SubdomainCreateParams */
export const subdomain = record({ enabled: flag, "previews_enabled?": flag });

/** TelemetryQueryParams */
export const telemetryQuery = record({
  queryId: text,
  timeframe: record({
    from: number(0, Number.MAX_SAFE_INTEGER),
    to: number(0, Number.MAX_SAFE_INTEGER),
  }),
  "dry?": flag,
  "view?": oneOf("traces", "events", "calculations", "invocations", "requests", "agents"),
  "limit?": number(1, 2_000),
  "offsetBy?": number(0, Number.MAX_SAFE_INTEGER),
  "parameters?": record({
    "datasets?": listOf(text),
    "filters?": listOf(
      record({
        key: text,
        operation: oneOf("eq", "includes"),
        type: oneOf("string", "number", "boolean"),
        "value?": text,
      }),
    ),
    "needle?": record({ value: text, "isRegex?": flag, "matchCase?": flag }),
  }),
});
