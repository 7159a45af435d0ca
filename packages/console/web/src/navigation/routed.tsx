import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { health } from "../data/queues.ts";
import { BindingsPage } from "../pages/bindings.tsx";
import { ClockPage } from "../pages/clock.tsx";
import { AllDeadLettersPage } from "../pages/dead/all-dead-letters.tsx";
import { DeadLettersPage } from "../pages/dead/dead-letters.tsx";
import { JobsPage } from "../pages/jobs.tsx";
import { MessagePage } from "../pages/message/message.tsx";
import { OperationsPage } from "../pages/operations.tsx";
import { OverviewPage } from "../pages/overview.tsx";
import { QueuePage } from "../pages/queue/queue.tsx";
import { SearchPage } from "../pages/search.tsx";
import { SendPage } from "../pages/send/send.tsx";
import { SettingsPage } from "../pages/settings.tsx";
import { Empty } from "../parts/empty.tsx";
import { path } from "./location.ts";

interface Route {
  readonly pattern: RegExp;
  readonly title: (parts: readonly string[]) => string;
  readonly show: (parts: readonly string[]) => JSX.Element;
}

const routes: readonly Route[] = [
  { pattern: /^\/$/, title: () => "Overview", show: () => <OverviewPage /> },
  {
    pattern: /^\/queues\/([^/]+)$/,
    title: ([queue]) => `${queue}`,
    show: ([queue = ""]) => <QueuePage key={queue} queue={queue} />,
  },
  {
    pattern: /^\/queues\/([^/]+)\/dead$/,
    title: ([queue]) => `Dead letters of ${queue}`,
    show: ([queue = ""]) => <DeadLettersPage key={queue} queue={queue} />,
  },
  {
    pattern: /^\/queues\/([^/]+)\/send$/,
    title: ([queue]) => `Send to ${queue}`,
    show: ([queue = ""]) => <SendPage key={queue} queue={queue} />,
  },
  {
    pattern: /^\/queues\/([^/]+)\/messages\/([^/]+)$/,
    title: ([queue, id]) => `${id} of ${queue}`,
    show: ([queue = "", id = ""]) => <MessagePage key={id} queue={queue} id={id} />,
  },
  { pattern: /^\/dead$/, title: () => "Dead letters", show: () => <AllDeadLettersPage /> },
  { pattern: /^\/jobs$/, title: () => "Jobs", show: () => <JobsPage /> },
  { pattern: /^\/bindings$/, title: () => "Bindings", show: () => <BindingsPage /> },
  { pattern: /^\/operations$/, title: () => "Operations", show: () => <OperationsPage /> },
  { pattern: /^\/search$/, title: () => "Search", show: () => <SearchPage /> },
  { pattern: /^\/clock$/, title: () => "Clock", show: () => <ClockPage /> },
  { pattern: /^\/settings$/, title: () => "Settings", show: () => <SettingsPage /> },
];

/** The page that the address names. */
export function Routed() {
  const [route, parts] = routeOf(path.value);
  const title = route?.title(parts) ?? "Not found";
  const { name } = health.value ?? {};
  useEffect(() => {
    document.title = `${title} · ${name ?? "alien queues"}`;
  }, [title, name]);
  return route === undefined ? (
    <Empty title="There is no such page">Choose one of the pages, or search.</Empty>
  ) : (
    route.show(parts)
  );
}

function routeOf(at: string): readonly [Route | undefined, readonly string[]] {
  for (const route of routes) {
    const found = route.pattern.exec(at);
    if (found !== null) return [route, found.slice(1).map(decoded)];
  }
  return [undefined, []];
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
