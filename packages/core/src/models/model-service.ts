import type { Actor } from '../actor.ts';
import { type Clock, withDeadline } from '../clock.ts';
import type { Storage } from '../storage.ts';
import { isSubscriptionActive } from '../subscriptions/subscription.ts';
import type { Model } from './model.ts';
import type { ModelCatalog } from './ports.ts';

const freshMs = 60_000;
const readDeadlineMs = 5_000;

/** A model that a user may choose, and the subscriptions that allow it. */
export interface AvailableModel extends Model {
  subscriptionIds: string[];
}

/** Which models there are and what they cost. LiteLLM's list is read at most once a minute. */
export class ModelService {
  readonly #storage: Storage;
  readonly #catalog: ModelCatalog;
  readonly #clock: Clock;
  #known: { models: ReadonlyMap<string, Model>; readAt: number } | undefined;
  #reading: Promise<ReadonlyMap<string, Model>> | undefined;

  constructor(parts: { storage: Storage; catalog: ModelCatalog; clock: Clock }) {
    this.#storage = parts.storage;
    this.#catalog = parts.catalog;
    this.#clock = parts.clock;
  }

  /** What the actor's active subscriptions allow, by name. Throws `gateway_unavailable` when LiteLLM was never reached. */
  async listForUser(actor: Actor): Promise<AvailableModel[]> {
    const filter = { userId: actor.userId, status: 'active' as const };
    const { items } = await this.#storage.subscriptions.list(actor.tenantId, filter, { limit: 100 });
    const active = items.filter((subscription) => isSubscriptionActive(subscription, this.#clock.now()));
    const names = [...new Set(active.flatMap((subscription) => subscription.models))].sort();
    const catalog = await this.catalog();
    return names.map((name) => ({
      ...(catalog.get(name) ?? unlisted(name)),
      subscriptionIds: active.filter(({ models }) => models.includes(name)).map(({ id }) => id),
    }));
  }

  /**
   * LiteLLM's models by name. An older list is better than none: when LiteLLM does not answer, what was read last is
   * used. Throws `gateway_unavailable` only when nothing was ever read.
   */
  async catalog(): Promise<ReadonlyMap<string, Model>> {
    if (this.#known && this.#clock.now() - this.#known.readAt < freshMs) return this.#known.models;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    try {
      return await this.#reading;
    } catch (error) {
      if (this.#known) return this.#known.models;
      throw error;
    }
  }

  async #read(): Promise<ReadonlyMap<string, Model>> {
    const list = await withDeadline(this.#clock, readDeadlineMs, (signal) => this.#catalog.list(signal));
    const models = new Map(list.map((model) => [model.name, model]));
    this.#known = { models, readAt: this.#clock.now() };
    return models;
  }
}

/** A subscription may name a model that LiteLLM does not list (a wildcard route, a model added soon). */
function unlisted(name: string): Model {
  return { name, inputCostPerMillion: null, outputCostPerMillion: null, maxInputTokens: null, maxOutputTokens: null };
}
