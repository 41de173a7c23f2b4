import type { ChatGateway } from './chat-completions/ports.ts';
import type { ModelCatalog } from './models/ports.ts';
import type { KeyMirror } from './sync/ports.ts';

/** All that Keywright needs of LiteLLM. `@keywright/litellm-client` implements it. */
export interface LiteLlm {
  mirror: KeyMirror;
  models: ModelCatalog;
  chat: ChatGateway;
  /** Resolves when LiteLLM answers and its database is up; else throws `gateway_unavailable`. */
  check(signal: AbortSignal): Promise<void>;
  /** Ends pooled connections. */
  close(): Promise<void>;
}
