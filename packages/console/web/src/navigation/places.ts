const part = encodeURIComponent;

/** The addresses of what can be shown. */
export const places = {
  overview: "/",
  queue: (queue: string, view?: string) =>
    `/queues/${part(queue)}${view === undefined ? "" : `?view=${part(view)}`}`,
  message: (queue: string, id: string) => `/queues/${part(queue)}/messages/${part(id)}`,
  send: (queue: string, from?: string) =>
    `/queues/${part(queue)}/send${from === undefined ? "" : `?from=${part(from)}`}`,
  dead: (queue: string, filter: Readonly<Record<string, string>> = {}) => {
    const text = new URLSearchParams(filter).toString();
    return `/queues/${part(queue)}/dead${text === "" ? "" : `?${text}`}`;
  },
  deadLetters: "/dead",
  jobs: "/jobs",
  bindings: "/bindings",
  operations: "/operations",
  search: (text?: string) => `/search${text === undefined ? "" : `?q=${part(text)}`}`,
  clock: "/clock",
  settings: "/settings",
};
