/** What an error body of LiteLLM says, whatever its envelope. */
export interface ErrorReport {
  /** The reason in LiteLLM's words, not yet redacted; empty when it gave none. */
  message: string;
  type: string | null;
  param: string | null;
  /** The status that the body states; only of interest inside a stream. */
  code: number | null;
}

/**
 * Reads the five envelopes: E1 `{error: {message, type, param, code}}` (also the event inside a stream, E5),
 * E2 `{detail: "..."}` or `{detail: {error | message}}`, E3 `{detail: [{loc, msg}]}`, E4 problem+json. Undefined for
 * what LiteLLM does not write: then something between us and it has answered.
 */
export function readErrorReport(body: unknown): ErrorReport | undefined {
  if (!isRecord(body)) return undefined;
  if ('error' in body) return readError(body.error);
  if (typeof body.type === 'string' && body.type.startsWith('urn:litellm:error:')) return readProblem(body, body.type);
  if ('detail' in body) return readDetail(body.detail);
  return undefined;
}

function readError(error: unknown): ErrorReport | undefined {
  if (typeof error === 'string') return report(error);
  if (!isRecord(error)) return undefined;
  const code = Number(error.code ?? Number.NaN);
  return {
    message: textOf(error.message),
    type: named(error.type),
    param: named(error.param),
    code: Number.isInteger(code) ? code : null,
  };
}

function readProblem(problem: Record<string, unknown>, type: string): ErrorReport {
  const told = report(textOf(problem.detail) || textOf(problem.title));
  const allowed = Array.isArray(problem.allowed) ? ` (allowed: ${problem.allowed.map(textOf).join(', ')})` : '';
  return { ...told, message: told.message + allowed, type: type.slice('urn:litellm:error:'.length) };
}

function readDetail(detail: unknown): ErrorReport | undefined {
  if (typeof detail === 'string') return report(detail);
  if (Array.isArray(detail))
    return { ...report(detail.slice(0, 5).map(fieldError).join('; ')), type: 'validation_error' };
  if (!isRecord(detail)) return undefined;
  return isRecord(detail.error) ? readError(detail.error) : report(textOf(detail.error ?? detail.message));
}

/** Never the `input` of a field error: it is what was sent, maybe a secret. */
function fieldError(error: unknown): string {
  if (!isRecord(error)) return '';
  const path = Array.isArray(error.loc) ? error.loc.join('.') : '';
  return `${path}: ${textOf(error.msg)}`;
}

function report(message: string): ErrorReport {
  return { message: unwrap(message), type: null, param: null, code: null };
}

/** LiteLLM writes the Python object that it raised: `{'error': '...'}`. */
const pythonRepr = /^\{'(?:error|message)': (['"])(.*)\1\}$/s;

function unwrap(message: string): string {
  const inner = pythonRepr.exec(message)?.[2];
  return inner === undefined ? message : inner.replace(/\\(['"\\])/g, '$1');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? unwrap(value) : '';
}

/** `type` and `param` may be the word "None" (LL-C56). */
function named(value: unknown): string | null {
  return typeof value === 'string' && value !== 'None' && value !== '' ? value : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
