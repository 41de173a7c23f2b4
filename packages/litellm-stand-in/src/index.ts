/**
 * A LiteLLM proxy for tests. Withheld on purpose: the route table, the version profiles and the rows, which change with
 * LiteLLM; tests look at the proxy through `keys()`, `users()` and `calls`, or over HTTP.
 */
export type { SeenCall } from './calls.ts';
export type {
  CutFault,
  DropFault,
  EmptyListFault,
  Fault,
  FaultHandle,
  HeldFault,
  LatencyFault,
  MisbehaviourFault,
  StatusFault,
} from './faults/fault.ts';
export type { FaultControl } from './faults/fault-control.ts';
export type { MisbehaviourKind } from './faults/misbehaviour.ts';
export { defaultModels, type StandInModel } from './models/model.ts';
export type { StandInOptions } from './options.ts';
export type { UpstreamCall } from './proxy.ts';
export type { SeedKey } from './seed-keys.ts';
export { type RunningStandIn, type StartOptions, startLiteLlmStandIn } from './server/start-stand-in.ts';
export type { StoredKey, StoredUser } from './snapshots.ts';
export { createLiteLlmStandIn, type LiteLlmStandIn } from './stand-in.ts';
export { type LiteLlmVersion, supportedVersions } from './version/profile.ts';
