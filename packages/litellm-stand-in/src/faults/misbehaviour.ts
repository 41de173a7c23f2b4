/** Faults that happen inside a request's work: the route does it wrong instead of not at all. */
export const misbehaviourKinds = [
  'alias-race',
  'duplicate-key-error',
  'duplicate-key-upsert',
  'partial-delete',
  'stale-auth',
  'late-spend',
] as const;

export type MisbehaviourKind = (typeof misbehaviourKinds)[number];

/** What is wrong with one request. */
export interface Misbehaviour {
  kind: MisbehaviourKind;
  /** Resolves when the fault is released; only `late-spend` waits for it. */
  released: Promise<void>;
}
