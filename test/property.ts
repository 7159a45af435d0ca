import fc from "fast-check";

// The same cases in every run: one that nobody has changed anything for must not fail today and pass tomorrow. PROPERTY_SEED
// looks at others.
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 611_927) });

/** What properties are written with. */
export { fc };
