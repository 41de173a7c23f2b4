import { createHash, randomBytes } from 'node:crypto';
import { type Answer, at, beginStream, listAt, send, textAt } from './http.ts';

/** A key that a test made. `hash` is LiteLLM's only id of it. */
export interface MadeKey {
  key: string;
  hash: string;
  answer: Answer;
}

interface Options {
  headers?: Record<string, string>;
}

interface ChatOptions {
  model?: string;
  /** Further fields of the body. */
  [field: string]: unknown;
}

export const hashOf = (key: string) => createHash('sha256').update(key).digest('hex');

/** A name that no other test and no other run uses. */
export const uniqueName = (prefix = 'contract') => `${prefix}-${randomBytes(6).toString('hex')}`;

/** A secret of that many random bytes. */
export const newSecret = (bytes = 24) => `sk-${randomBytes(bytes).toString('base64url')}`;

let lastTurn: Promise<unknown> = Promise.resolve();

/**
 * Changes teams one after the other: each locks the row of one user, the administrator, and a transaction that waits
 * for it may run out of time.
 */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = lastTurn.then(work);
  lastTurn = mine.catch(() => {});
  return mine;
}

/** Whether LiteLLM ran out of the 5 s that its transactions have, which says nothing but that the machine is busy. */
const outOfTime = ({ status, text }: Answer) => status === 500 && text.includes('Transaction already closed');

/** Calls one proxy, with the master key unless told otherwise, and deletes in the end what was made through it. */
export class Caller {
  readonly url: string;
  readonly #masterKey: string;
  readonly #made = { keys: new Set<string>(), users: new Set<string>(), teams: new Set<string>() };

  constructor(url: string, masterKey: string) {
    this.url = url;
    this.#masterKey = masterKey;
  }

  get(path: string, key = this.#masterKey): Promise<Answer> {
    return send(this.url, { method: 'GET', path, headers: { authorization: `Bearer ${key}` } });
  }

  async post(path: string, body: unknown, key = this.#masterKey, { headers }: Options = {}): Promise<Answer> {
    const request = { method: 'POST', path, body, headers: { authorization: `Bearer ${key}`, ...headers } };
    const answer = await (path.startsWith('/team/') ? inTurn(() => send(this.url, request)) : send(this.url, request));
    if (answer.status === 200) this.#remember(path, answer);
    return answer;
  }

  /** One question to a model; without other fields it may answer with 50 tokens at most. */
  chat(key: string, content: string, { model = 'fake-gpt', ...fields }: ChatOptions = {}): Promise<Answer> {
    const messages = [{ role: 'user', content }];
    return this.post('/v1/chat/completions', { model, messages, max_tokens: 50, ...fields }, key);
  }

  /** A question whose answer comes word by word; resolves with what ends it, once it has begun. */
  beginStream(key: string, content: string): Promise<() => Promise<void>> {
    return beginStream(this.url, {
      method: 'POST',
      path: '/v1/chat/completions',
      body: { model: 'fake-gpt', messages: [{ role: 'user', content }], stream: true },
      headers: { authorization: `Bearer ${key}` },
    });
  }

  /** A key with its own alias. */
  async newKey(fields: object = {}): Promise<MadeKey> {
    const answer = await this.post('/key/generate', { key_alias: uniqueName(), ...fields });
    const key = textAt(answer, 'key');
    return { key, hash: hashOf(key), answer };
  }

  async newUser(fields: object = {}): Promise<string> {
    const answer = await this.post('/user/new', { user_id: uniqueName('user'), auto_create_key: false, ...fields });
    return textAt(answer, 'user_id');
  }

  async newTeam(fields: object = {}): Promise<string> {
    const team = { team_id: uniqueName('team'), ...fields };
    let answer = await this.post('/team/new', team);
    for (let again = 0; again < 3 && outOfTime(answer); again++) {
      await this.post('/team/delete', { team_ids: [team.team_id] }); // the half that may be there
      answer = await this.post('/team/new', team);
    }
    return textAt(answer, 'team_id');
  }

  /** What LiteLLM holds of a key. */
  async infoOf(hash: string): Promise<unknown> {
    return at((await this.get(`/key/info?key=${hash}`)).body, 'info');
  }

  /** Hashes of the keys with this alias. */
  async hashesOf(alias: string): Promise<unknown[]> {
    return listAt(await this.get(`/key/list?key_alias=${encodeURIComponent(alias)}`), 'keys');
  }

  async cleanUp(): Promise<void> {
    const { keys, users, teams } = this.#made;
    // one by one: a missing one would not matter, but an answer for a list says nothing about its parts
    await Promise.all([...keys].map((hash) => this.post('/key/delete', { keys: [hash] })));
    await Promise.all([...users].map((id) => this.post('/user/delete', { user_ids: [id] })));
    await Promise.all([...teams].map((id) => this.post('/team/delete', { team_ids: [id] })));
  }

  #remember(path: string, { body }: Answer): void {
    const remember = (made: Set<string>, field: string) => {
      const id = at(body, field);
      if (typeof id === 'string') made.add(id);
    };
    if (path === '/key/generate' || path === '/key/service-account/generate') remember(this.#made.keys, 'token_id');
    if (path === '/user/new') remember(this.#made.users, 'user_id');
    if (path === '/team/new') remember(this.#made.teams, 'team_id');
  }
}
