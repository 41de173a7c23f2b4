import { z } from 'zod';
import type { Transport } from './transport.ts';
import { text } from './wire.ts';

/** `status` is `connected` up to about 1.91 and `healthy` since then; `db` is the same on all (LL-C68). */
const readiness = z.looseObject({ status: z.string(), db: text });

export type Readiness = z.output<typeof readiness>;

const methods = ['get', 'post', 'put', 'patch', 'delete'];
const contract = z
  .looseObject({
    info: z.looseObject({ version: z.string() }),
    paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  })
  .transform(({ info, paths }) => ({
    version: info.version,
    routes: new Set(
      Object.entries(paths).flatMap(([path, operations]) =>
        methods.filter((method) => method in operations).map((method) => `${method.toUpperCase()} ${path}`),
      ),
    ),
  }));

/** What /openapi.json tells of LiteLLM. */
export interface Contract {
  /** Such as `1.109.1`. */
  version: string;
  /** `POST /key/generate` and so on. */
  routes: Set<string>;
}

const settings = z.looseObject({
  values: z.looseObject({ disable_custom_api_keys: z.boolean().nullable().optional() }),
});

/**
 * Routes about LiteLLM itself; they are called also while the circuit breaker holds other calls back. Every method
 * throws {@link LiteLlmError}.
 */
export interface HealthClient {
  /** `db` is `connected` when LiteLLM reaches its database. */
  readiness(signal?: AbortSignal): Promise<Readiness>;
  /** Resolves when LiteLLM's process answers, with or without a database. */
  liveliness(signal?: AbortSignal): Promise<void>;
  /** One or two megabytes, read once in a while. `no_route` when it is switched off (`NO_OPENAPI`). */
  contract(signal?: AbortSignal): Promise<Contract>;
  /** LiteLLM's version, out of the contract. */
  version(signal?: AbortSignal): Promise<string>;
  /** Whether the dashboard's settings forbid keys with a chosen secret; null when they do not say. */
  customKeysDisabled(signal?: AbortSignal): Promise<boolean | null>;
}

export function createHealthClient(transport: Transport): HealthClient {
  return {
    readiness: (signal) => transport.look('health/readiness', readiness, { signal }),
    async liveliness(signal) {
      await transport.look('health/liveliness', z.string(), { signal });
    },
    contract: (signal) => transport.look('openapi.json', contract, { signal }),
    async version(signal) {
      return (await transport.look('openapi.json', contract, { signal })).version;
    },
    async customKeysDisabled(signal) {
      const { values } = await transport.look('get/ui_settings', settings, { signal });
      return values.disable_custom_api_keys ?? null;
    },
  };
}
