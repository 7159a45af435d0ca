import { lostAt } from "../data/events.ts";
import { health } from "../data/queues.ts";
import { Icon } from "./icon.tsx";
import { Time } from "./time.tsx";

/** The server is gone: what is shown is what it last told. */
export function Lost() {
  const at = lostAt.value;
  return (
    <div class="note lost" role="status">
      <Icon name="warning" />
      <div>
        <strong>Not connected.</strong> What you see was true{" "}
        {at === undefined ? "earlier" : <Time at={new Date(at).toISOString()} />}. This page goes on
        by itself when{" "}
        <code>{health.value?.platform === "local" ? "alien dev" : "alien console"}</code> runs
        again.
      </div>
    </div>
  );
}
