import { presentedKey } from '../auth/caller.ts';
import type { FaultHandle } from '../faults/fault.ts';
import { json } from '../http/answers.ts';
import { isObject, numberOf } from '../http/call.ts';
import type { Incoming } from '../http/dispatch.ts';
import type { LiteLlmStandIn } from '../stand-in.ts';
import { ControlError } from './control-error.ts';
import { controlPrefix } from './control-path.ts';
import { readFault } from './read-fault.ts';
import { readSeeds } from './read-seeds.ts';

const inWords = (_: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);

function answer(body: unknown, status = 200): Response {
  return json(JSON.parse(JSON.stringify(body, inWords)), status);
}

/** The routes below `/stand-in/`, over HTTP what the JavaScript API does. They answer while the stand-in is down, too. */
export class ControlRoutes {
  readonly #standIn: LiteLlmStandIn;
  readonly #faults = new Map<string, FaultHandle>();
  #lastId = 0;

  constructor(standIn: LiteLlmStandIn) {
    this.#standIn = standIn;
  }

  async handle(incoming: Incoming): Promise<Response> {
    try {
      if (presentedKey(incoming.headers) !== this.#standIn.masterKey) {
        throw new ControlError(401, 'the control routes take the master key, as Authorization: Bearer');
      }
      return await this.#route(incoming);
    } catch (error) {
      if (!(error instanceof ControlError || error instanceof RangeError)) throw error;
      return json({ error: error.message }, error instanceof ControlError ? error.status : 400);
    }
  }

  async #route({ method, path, text }: Incoming): Promise<Response> {
    const standIn = this.#standIn;
    const [what = '', id, action] = path.slice(controlPrefix.length).split('/');
    switch (`${method} ${what}`) {
      case 'GET calls':
        return answer({ calls: standIn.calls, upstreamCalls: standIn.upstreamCalls });
      case 'GET keys':
        return answer(standIn.keys());
      case 'POST keys':
        standIn.seedKeys(readSeeds(readBody(text)));
        return answer({ keys: standIn.keyCount });
      case 'GET users':
        return answer(standIn.users());
      case 'POST clock':
        standIn.advance(numberOf(readBody(text), 'advanceMs') ?? Number.NaN);
        return answer({ now: standIn.now() });
      case 'POST down':
        standIn.down();
        return answer({ isDown: true });
      case 'POST up':
        standIn.up();
        return answer({ isDown: false });
      case 'POST database':
        return this.#database(id);
      case 'POST reset':
        standIn.reset();
        this.#faults.clear();
        return answer({ keys: standIn.keyCount });
      default:
        return await this.#faultRoute(method, what, id, action, text);
    }
  }

  #database(action: string | undefined): Response {
    if (action === 'cut') this.#standIn.cutDatabase();
    else if (action === 'restore') this.#standIn.restoreDatabase();
    else throw notFound();
    return answer({ database: action === 'cut' ? 'cut' : 'connected' });
  }

  async #faultRoute(method: string, what: string, id = '', action = '', text = ''): Promise<Response> {
    if (what !== 'faults') throw notFound();
    if (id === '') {
      if (method === 'GET') return answer([...this.#faults].map(([known, { hits }]) => ({ id: known, hits })));
      if (method === 'POST') return this.#addFault(readBody(text));
      if (method !== 'DELETE') throw notFound();
      this.#standIn.faults.clear();
      this.#faults.clear();
      return answer([]);
    }
    const fault = this.#faults.get(id);
    if (!fault) throw new ControlError(404, `there is no fault "${id}"`);
    if (method === 'DELETE' && action === '') {
      fault.remove();
      this.#faults.delete(id);
    } else if (method === 'POST' && action === 'release') await fault.release();
    else if (method !== 'GET' || action !== '') throw notFound();
    return answer({ id, hits: fault.hits });
  }

  #addFault(body: Record<string, unknown>): Response {
    const handle = this.#standIn.faults.add(readFault(body));
    this.#lastId += 1;
    const id = String(this.#lastId);
    this.#faults.set(id, handle);
    return answer({ id, hits: 0 }, 201);
  }
}

function notFound(): ControlError {
  return new ControlError(404, 'no such control route');
}

function readBody(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    if (isObject(body)) return body;
  } catch {
    // told below
  }
  throw new ControlError(400, 'the body must be a JSON object');
}
