import type { Model } from './model.ts';

/** What LiteLLM can route to. */
export interface ModelCatalog {
  /** Throws `gateway_unavailable` when LiteLLM does not answer. */
  list(signal: AbortSignal): Promise<Model[]>;
}
