import {
  type Actor,
  createKeywright,
  type Keywright,
  type LiteLlm,
  type Logger,
  type Role,
  type UsageEvent,
} from '@keywright/core';
import {
  createMemoryLiteLlm,
  createMemoryStorage,
  type MemoryLiteLlm,
  type MemoryStorage,
} from '@keywright/core/memory';
import { FixedClock, newSubscription } from '@keywright/core/testing';
import type { HttpApiOptions, MetricsText } from '@keywright/http-api';

const people: Record<string, [tenantId: string, role: Role]> = {
  alice: ['acme', 'user'],
  bob: ['acme', 'user'],
  dana: ['acme', 'admin'],
  rita: ['acme', 'admin-readonly'],
  carol: ['globex', 'user'],
  gina: ['globex', 'admin'],
  olga: ['platform', 'operator'],
};

/** Who signs in as whom: `Authorization: Bearer token-of-alice`. */
export function actorOf(authorization: string | null | undefined): Actor | null {
  const name = /^Bearer token-of-(\w+)$/.exec(authorization ?? '')?.[1];
  const person = name === undefined ? undefined : people[name];
  return name && person ? { userId: name, tenantId: person[0], roles: [person[1]] } : null;
}

/** What is the same for every mount; the mount adds `authenticate` in its own request type. */
export type SharedOptions = Omit<HttpApiOptions, 'authenticate' | 'ip'>;

/** One place where the API is served. */
export interface Served {
  send(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

export interface Mount {
  name: string;
  open(options: SharedOptions): Promise<Served>;
}

export interface World {
  keywright: Keywright;
  storage: MemoryStorage;
  litellm: MemoryLiteLlm;
  clock: FixedClock;
  /** Everything that was logged. */
  log: string[];
  /** Every usage event that was written to the ledger. */
  events: UsageEvent[];
  /** Resolves when at least one was written. */
  nextEvent: () => Promise<void>;
  /** Default subscriptions of alice, bob and carol. */
  subscriptions: Record<'alice' | 'bob' | 'carol', string>;
  options: SharedOptions;
}

export interface WorldOptions {
  /** Puts something between Keywright and the LiteLLM in memory. */
  wrap?: (litellm: MemoryLiteLlm) => LiteLlm;
  metrics?: () => Promise<MetricsText>;
  metricsToken?: string;
}

/** Two tenants with users and subscriptions, a LiteLLM and a clock that stands still. */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const { wrap = (litellm) => litellm, ...host } = options;
  const clock = new FixedClock();
  const litellm = createMemoryLiteLlm({ clock });
  const storage = createMemoryStorage({ clock });
  const { events, nextEvent } = recordEvents(storage);
  const log: string[] = [];
  const logger = lineLogger(log);
  const keywright = createKeywright({ storage, litellm: wrap(litellm), clock, logger });
  const subscribe = async (userId: string, tenantId: string) => {
    await storage.users.ensure(tenantId, userId, {});
    const given = newSubscription(userId, { isDefault: true, models: ['gpt-a', 'gpt-b'] });
    return (await storage.subscriptions.insert(tenantId, given)).id;
  };
  const subscriptions = {
    alice: await subscribe('alice', 'acme'),
    bob: await subscribe('bob', 'acme'),
    carol: await subscribe('carol', 'globex'),
  };
  return {
    keywright,
    storage,
    litellm,
    clock,
    log,
    events,
    nextEvent,
    subscriptions,
    options: { keywright, logger, ...host },
  };
}

function recordEvents(storage: MemoryStorage): Pick<World, 'events' | 'nextEvent'> {
  const events: UsageEvent[] = [];
  const first = Promise.withResolvers<void>();
  const { ledger } = storage.unscoped;
  const append = ledger.append.bind(ledger);
  ledger.append = (added) => {
    events.push(...added);
    first.resolve();
    return append(added);
  };
  return { events, nextEvent: () => first.promise };
}

function lineLogger(lines: string[]): Logger {
  const write = (level: string) => (message: string, fields?: Record<string, unknown>) => {
    lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
