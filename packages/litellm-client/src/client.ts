import { type Clock, systemClock } from '@keywright/core';
import { type BudgetsClient, createBudgetsClient } from './budgets.ts';
import { type CircuitBreakerOptions, createCircuitBreaker } from './circuit-breaker.ts';
import { checkMasterKey, checkWholeNumber, parseBaseUrl } from './connection.ts';
import { type CustomersClient, createCustomersClient } from './customers.ts';
import { createHealthClient, type HealthClient } from './health.ts';
import { createKeysClient, type KeysClient } from './keys.ts';
import { createModelsClient, type ModelsClient } from './models.ts';
import { createOrganizationsClient, type OrganizationsClient } from './organizations.ts';
import { createSpendClient, type SpendClient } from './spend.ts';
import { createTeamsClient, type TeamsClient } from './teams.ts';
import { createTransport } from './transport.ts';
import { createUsersClient, type UsersClient } from './users.ts';

export interface LiteLlmClientOptions {
  /** Where LiteLLM is, with the path that it is mounted at, if any: `https://example.com/litellm`. */
  baseUrl: string;
  masterKey: string;
  /** What sends requests. @default the platform's fetch */
  fetch?: typeof fetch;
  /** Milliseconds after which a call fails with `timeout`, its repetitions and pauses included. @default 10000 */
  timeoutMs?: number;
  /**
   * How often a call that is safe to repeat (nothing that creates, not `keys.resetSpend`) is sent again when LiteLLM
   * gives no answer or a 5xx. The pause before is random, up to 100 ms, 200 ms, 400 ms and so on. @default 2
   */
  retries?: number;
  /**
   * Holds calls back, but for those of `health`, after so many outages in a row (no answer, too late, a 5xx), its
   * repetitions counted as one; a 4xx is none. After `openMs` one call may try. Null: never.
   * @default { failures: 5, openMs: 5000 }
   */
  breaker?: CircuitBreakerOptions | null;
  /** What the breaker's time is measured with. @default the machine's clock */
  clock?: Clock;
}

/** Typed client of LiteLLM's management API. Field names are LiteLLM's own. */
export interface LiteLlmClient {
  keys: KeysClient;
  users: UsersClient;
  teams: TeamsClient;
  organizations: OrganizationsClient;
  budgets: BudgetsClient;
  customers: CustomersClient;
  spend: SpendClient;
  models: ModelsClient;
  health: HealthClient;
}

/** @throws KeywrightError `configuration_invalid` for options that cannot work */
export function createLiteLlmClient(options: LiteLlmClientOptions): LiteLlmClient {
  const { masterKey, timeoutMs = 10_000, retries = 2, clock = systemClock, fetch } = options;
  const { breaker: limits = { failures: 5, openMs: 5_000 } } = options;
  checkMasterKey(masterKey);
  checkWholeNumber('timeoutMs', timeoutMs, 1);
  checkWholeNumber('retries', retries, 0);
  if (limits) {
    checkWholeNumber('breaker.failures', limits.failures, 1);
    checkWholeNumber('breaker.openMs', limits.openMs, 1);
  }
  const baseUrl = parseBaseUrl(options.baseUrl);
  const breaker = limits && createCircuitBreaker(limits, clock);
  const transport = createTransport({ baseUrl, masterKey, timeoutMs, retries, breaker, fetch });
  return {
    keys: createKeysClient(transport),
    users: createUsersClient(transport),
    teams: createTeamsClient(transport),
    organizations: createOrganizationsClient(transport),
    budgets: createBudgetsClient(transport),
    customers: createCustomersClient(transport),
    spend: createSpendClient(transport),
    models: createModelsClient(transport),
    health: createHealthClient(transport),
  };
}
