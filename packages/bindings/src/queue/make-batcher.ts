import type { Batcher } from "./batcher.ts";
import type { QueueCapabilities } from "./driver.ts";
import { gatheringOf } from "./gathering.ts";
import { GatheringBatcher } from "./gathering-batcher.ts";
import {
  type Accepted,
  type ItemsCall,
  type Refused,
  type RetryOptions,
  retryItems,
} from "./retry.ts";
import { TurnBatcher } from "./turn-batcher.ts";

export interface MakeBatcherOptions<Item, Ok extends Accepted>
  extends Omit<RetryOptions, "signal"> {
  readonly capabilities: QueueCapabilities;
  readonly calls: "sends" | "settlements";
  /** One call of the driver. */
  readonly call: ItemsCall<Item, Ok>;
  /** Items of one group go out in order, one batch at a time; for what gathers over time. */
  readonly groupOf?: (item: Item) => string | undefined;
  /** Told how many are on their way from now on. */
  readonly onBegun?: (count: number) => void;
}

/** One call for what comes in one turn, or, over a network, for what comes while others are under way. */
export function makeBatcher<Item, Ok extends Accepted>(
  options: MakeBatcherOptions<Item, Ok>,
): Batcher<Item, Ok | Refused> {
  const { capabilities, calls, call, clock, random, groupOf, onBegun } = options;
  const { max } = capabilities;
  const most = { maxItems: max.batch, maxBytes: max.batchBytes };
  const gathering = gatheringOf(capabilities, calls);
  if (gathering !== undefined) {
    return new GatheringBatcher({ ...most, ...gathering, call, clock, random, groupOf, onBegun });
  }
  const retry = { clock, random };
  const run = (items: readonly Item[]) => {
    onBegun?.(items.length);
    return retryItems(items, call, retry);
  };
  return new TurnBatcher({ ...most, run });
}
