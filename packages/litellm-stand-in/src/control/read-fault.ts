import type { Fault } from '../faults/fault.ts';
import { misbehaviourKinds } from '../faults/misbehaviour.ts';
import { isObject, textOf } from '../http/call.ts';
import { ControlError } from './control-error.ts';

const plainKinds = ['drop', 'drop-before', 'empty-list'] as const;
const heldKinds = ['hang', 'late-commit', 'slow', ...misbehaviourKinds] as const;
const kinds = ['status', 'latency', 'cut', ...plainKinds, ...heldKinds];

/** Numbers of a fault, with the least that each may be. */
const least: Record<string, number> = {
  times: 1,
  skip: 0,
  probability: 0,
  afterMs: 0,
  status: 100,
  ms: 0,
  after: 0,
};

function readNumbers(body: Record<string, unknown>): Record<string, number> {
  const numbers: Record<string, number> = {};
  for (const [name, minimum] of Object.entries(least)) {
    if (!(name in body)) continue;
    const value = body[name] === 'Infinity' ? Number.POSITIVE_INFINITY : body[name];
    if (typeof value !== 'number' || value < minimum) {
      throw new ControlError(400, `"${name}" must be a number of at least ${minimum}`);
    }
    numbers[name] = value;
  }
  return numbers;
}

function headersOf(body: Record<string, unknown>): Record<string, string> {
  const headers = isObject(body.headers) ? Object.entries(body.headers) : [];
  return Object.fromEntries(headers.map(([name, value]) => [name, String(value)]));
}

/**
 * A fault as the control routes take it; `times` may be the text `Infinity`.
 *
 * @throws ControlError 400 that says what does not fit.
 */
export function readFault(body: Record<string, unknown>): Fault {
  const [kind, route] = [textOf(body, 'kind'), textOf(body, 'route')];
  if (route === null) throw new ControlError(400, '"route" must be a text like "POST /key/generate"');
  const { status, ms, after, afterMs, ...selection } = readNumbers(body);
  const common = { route, ...selection };
  if (kind === 'status') {
    if (status === undefined) throw new ControlError(400, 'a fault of kind "status" needs a "status"');
    const answer = { headers: headersOf(body), ...('body' in body && { body: body.body }) };
    return { ...common, kind, status, ...answer };
  }
  if (kind === 'latency') {
    if (ms === undefined) throw new ControlError(400, 'a fault of kind "latency" needs "ms"');
    return { ...common, kind, ms };
  }
  if (kind === 'cut') return { ...common, kind, ...(after !== undefined && { after }) };
  const plain = plainKinds.find((known) => known === kind);
  if (plain) return { ...common, kind: plain };
  const held = heldKinds.find((known) => known === kind);
  if (held) return { ...common, kind: held, ...(afterMs !== undefined && { afterMs }) };
  throw new ControlError(400, `"kind" must be one of ${kinds.join(', ')}`);
}
