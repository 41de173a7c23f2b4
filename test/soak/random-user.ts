import { createHash } from 'node:crypto';
import { z } from 'zod';

export const users = ['alice', 'bob', 'carol', 'dave'] as const;
export const models = ['fake-gpt', 'fake-priced'] as const;

/** What the callers were told of a key. Undefined: an answer was lost, so either may be. */
export interface ToldKey {
  id: string;
  userId: string;
  /** Every secret that anybody was given. */
  secrets: string[];
  newestHash: string | undefined;
  isDeleted: boolean | undefined;
  isBlocked: boolean | undefined;
  isBusy: boolean;
}

export interface Outcome {
  operation: string;
  /** `lost`: no answer, or a 5xx: the operation may have happened or not. */
  result: 'done' | 'pending' | 'refused' | 'lost';
}

export const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex');

const keyAnswer = z.looseObject({ id: z.string(), key: z.string().optional(), syncStatus: z.string().optional() });
const listAnswer = z.looseObject({ data: z.array(z.looseObject({ id: z.string() })) });

interface Reply {
  status: number;
  body: unknown;
}

/** Does something at random to keys, as their owners and an admin would, and notes what it was told. */
export class RandomUser {
  readonly keys: ToldKey[] = [];
  readonly #url: () => Promise<string>;
  readonly #random: () => number;

  constructor(url: () => Promise<string>, random: () => number) {
    this.#url = url;
    this.#random = random;
  }

  async act(): Promise<Outcome> {
    const free = this.keys.filter((key) => !key.isBusy && key.isDeleted === false);
    const key = free.length < 8 || this.#random() < 0.2 ? undefined : this.#pick(free);
    if (!key) return this.#random() < 0.2 ? this.#changeParent() : this.#create();
    key.isBusy = true;
    try {
      return await this.#pick([
        () => this.#rotate(key),
        () => this.#rotate(key),
        () => this.#block(key, true),
        () => this.#block(key, false),
        () => this.#update(key),
        () => this.#delete(key),
        () => this.#call(key),
      ])();
    } finally {
      key.isBusy = false;
    }
  }

  async #create(): Promise<Outcome> {
    const userId = this.#pick(users);
    const limits = this.#pick([
      {},
      { maxBudget: '5' },
      { rpmLimit: 60, models: ['fake-gpt'] },
      { expiresAt: '2099-01-01T00:00:00Z' },
    ]);
    const reply = await this.#send(userId, 'POST', '/api/v1/api-keys', { name: 'random', ...limits });
    if (reply?.status === 201) {
      const { id, key = '' } = keyAnswer.parse(reply.body);
      const told = {
        id,
        userId,
        secrets: [key],
        newestHash: hashOf(key),
        isDeleted: false,
        isBlocked: false,
        isBusy: false,
      };
      this.keys.push(told);
    }
    return { operation: 'create', result: resultOf(reply) };
  }

  async #rotate(key: ToldKey): Promise<Outcome> {
    const gracePeriodSeconds = this.#pick([0, 0, 5]);
    const reply = await this.#send(key.userId, 'POST', `/api/v1/api-keys/${key.id}/rotate`, { gracePeriodSeconds });
    const result = resultOf(reply);
    if (reply?.status === 200) {
      const { key: secret = '' } = keyAnswer.parse(reply.body);
      key.secrets.push(secret);
      key.newestHash = hashOf(secret);
    } else if (result === 'lost') {
      key.newestHash = undefined;
    }
    return { operation: `rotate with ${gracePeriodSeconds} s`, result };
  }

  async #block(key: ToldKey, isBlocked: boolean): Promise<Outcome> {
    const verb = isBlocked ? 'block' : 'unblock';
    const result = resultOf(await this.#send(key.userId, 'POST', `/api/v1/api-keys/${key.id}/${verb}`, {}));
    if (result !== 'refused') key.isBlocked = result === 'lost' ? undefined : isBlocked;
    return { operation: verb, result };
  }

  async #update(key: ToldKey): Promise<Outcome> {
    const change = this.#pick([
      { tpmLimit: 1_000 },
      { tpmLimit: null },
      { models: ['fake-gpt'] },
      { models: null },
      { maxBudget: '7' },
    ]);
    const reply = await this.#send(key.userId, 'PATCH', `/api/v1/api-keys/${key.id}`, change);
    return { operation: 'update', result: resultOf(reply) };
  }

  async #delete(key: ToldKey): Promise<Outcome> {
    const result = resultOf(await this.#send(key.userId, 'DELETE', `/api/v1/api-keys/${key.id}`));
    if (result !== 'refused') key.isDeleted = result === 'lost' ? undefined : true;
    return { operation: 'delete', result };
  }

  async #call(key: ToldKey): Promise<Outcome> {
    const secret = key.secrets.at(-1) ?? '';
    const reply = await this.#send(secret, 'POST', '/v1/chat/completions', {
      model: 'fake-gpt',
      messages: [{ role: 'user', content: 'hello' }],
    });
    return { operation: 'call', result: resultOf(reply) };
  }

  /** What binds every key of a user. */
  async #changeParent(): Promise<Outcome> {
    const userId = this.#pick(users);
    if (this.#random() < 0.3) {
      const isActive = this.#random() < 0.8;
      const reply = await this.#send('dana:admin', 'PATCH', `/api/v1/admin/users/${userId}`, { isActive });
      return { operation: isActive ? 'activate user' : 'deactivate user', result: resultOf(reply) };
    }
    const list = await this.#send('dana:admin', 'GET', `/api/v1/admin/subscriptions?userId=${userId}`);
    const id = list?.status === 200 ? listAnswer.parse(list.body).data[0]?.id : undefined;
    if (id === undefined) return { operation: 'read subscription', result: resultOf(list) };
    const change = this.#pick([
      { status: 'suspended' },
      { status: 'active' },
      { status: 'active' },
      { models: ['fake-gpt'] },
      { models: [...models] },
    ]);
    const reply = await this.#send('dana:admin', 'PATCH', `/api/v1/admin/subscriptions/${id}`, change);
    return { operation: 'change subscription', result: resultOf(reply) };
  }

  /** Undefined when there was no answer. */
  async #send(token: string, method: string, path: string, body?: object): Promise<Reply | undefined> {
    try {
      const response = await fetch((await this.#url()) + path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(30_000),
      });
      return { status: response.status, body: await response.json() };
    } catch {
      return undefined;
    }
  }

  #pick<T>(items: readonly [T, ...T[]] | readonly T[]): T {
    const item = items[Math.floor(this.#random() * items.length)];
    if (item === undefined) throw new Error('There is nothing to choose from.');
    return item;
  }
}

function resultOf(reply: Reply | undefined): Outcome['result'] {
  if (!reply || reply.status >= 500) return 'lost';
  if (reply.status >= 400) return 'refused';
  const { syncStatus } = keyAnswer.partial().safeParse(reply.body).data ?? {};
  return reply.status === 202 || syncStatus === 'pending' ? 'pending' : 'done';
}
