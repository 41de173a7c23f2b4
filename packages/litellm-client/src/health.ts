import { z } from 'zod';
import type { Transport } from './transport.ts';
import { text } from './wire.ts';

/** `status` is `connected` up to about 1.91 and `healthy` since then; `db` is the same on all (LL-C68). */
const readiness = z.looseObject({ status: z.string(), db: text });

export type Readiness = z.output<typeof readiness>;

/** /health routes. Every method throws {@link LiteLlmError}. */
export interface HealthClient {
  /** `db` is `connected` when LiteLLM reaches its database. */
  readiness(signal?: AbortSignal): Promise<Readiness>;
  /** Resolves when LiteLLM's process answers, with or without a database. */
  liveliness(signal?: AbortSignal): Promise<void>;
}

export function createHealthClient(transport: Transport): HealthClient {
  return {
    readiness: (signal) =>
      transport.send({ method: 'get', path: 'health/readiness', answer: readiness, repeatable: true, signal }),
    async liveliness(signal) {
      await transport.send({ method: 'get', path: 'health/liveliness', answer: z.string(), repeatable: true, signal });
    },
  };
}
