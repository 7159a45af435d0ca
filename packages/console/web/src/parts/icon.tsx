/** 16 by 16, drawn with lines of the text's colour. */
const PATHS = {
  overview: "M2.5 2.5h4.5v4.5h-4.5zM9 2.5h4.5v4.5h-4.5zM2.5 9h4.5v4.5h-4.5zM9 9h4.5v4.5h-4.5z",
  dead: "M8 2.5a5 5 0 0 0-5 5c0 2 1 3 2 3.7v2.3h6v-2.3c1-.7 2-1.7 2-3.7a5 5 0 0 0-5-5zM6 7.5v.5M10 7.5v.5M7 13.5v-1.5M9 13.5v-1.5",
  jobs: "M3 4.5h10M3 8h10M3 11.5h6",
  bindings: "M6.5 9.5l3-3M7 5l1.5-1.5a2.5 2.5 0 0 1 4 4L11 9M9 11l-1.5 1.5a2.5 2.5 0 0 1-4-4L5 7",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.5 10.5l3 3",
  clock: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 5v3l2 1.5",
  settings: "M2.5 5h6M11.5 5h2M10 3.5v3M2.5 11h2M7.5 11h6M6 9.5v3",
  operations:
    "M2.5 8a5.5 5.5 0 0 1 9.5-3.8L13.5 6M13.5 2.5V6H10M13.5 8a5.5 5.5 0 0 1-9.5 3.8L2.5 10M2.5 13.5V10H6",
  queue: "M2.5 5h8M2.5 8h8M2.5 11h8M13 5v.01M13 8v.01M13 11v.01",
  send: "M13.5 2.5l-11 4.5 4.5 2 2 4.5zM7 9l3-3",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  play: "M5 3l7.5 5L5 13z",
  trash: "M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.5 9h6l.5-9M7 7v4M9 7v4",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  check: "M3 8.5l3.5 3.5L13 5",
  chevron: "M6 4l4 4-4 4",
  close: "M4 4l8 8M12 4l-8 8",
  edit: "M3 13l.7-3L10.5 3.2l2.3 2.3L6 12.3zM9 4.7l2.3 2.3",
  export: "M8 2.5v7M5 7l3 3 3-3M3 11.5v2h10v-2",
  skip: "M3 3.5l5 4.5-5 4.5zM8 3.5l5 4.5-5 4.5z",
  redrive: "M13 6.5H5.5a3 3 0 0 0 0 6H9M10.5 4L13 6.5 10.5 9",
  warning: "M8 2.5l6 11H2zM8 6.5v3M8 11.5v.01",
  sun: "M8 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM8 2v1M8 13v1M2 8h1M13 8h1M3.8 3.8l.7.7M11.5 11.5l.7.7M3.8 12.2l.7-.7M11.5 4.5l.7-.7",
  moon: "M13 9.5A5.5 5.5 0 1 1 6.5 3a4.5 4.5 0 0 0 6.5 6.5z",
};

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
