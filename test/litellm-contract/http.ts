/** What a proxy answered. `body` is undefined where the text is no JSON. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  body: unknown;
}

export interface Request {
  method: string;
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
}

export async function send(url: string, { method, path, body, headers = {} }: Request): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parsed(text) };
}

/** Sends a request for a stream; resolves with what ends it, once the stream has begun. */
export async function beginStream(url: string, { method, path, body, headers }: Request): Promise<() => Promise<void>> {
  const response = await fetch(url + path, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const reader = response.body?.getReader();
  if (!response.ok || !reader) throw new Error(`no stream: ${response.status} ${await response.text()}`);
  await reader.read();
  return () => reader.cancel();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value at a path such as `keys.0.token`; undefined where there is none. */
export function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (inner, name) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, name) : undefined),
      value,
    );
}

/** The text at a path of an answer. */
export function textAt(answer: Answer, path: string): string {
  const value = at(answer.body, path);
  if (typeof value !== 'string') throw new Error(`no text at ${path} of ${answer.status} ${answer.text.slice(0, 500)}`);
  return value;
}

/** The list at a path of an answer. */
export function listAt(answer: Answer, path: string): unknown[] {
  const value = at(answer.body, path);
  if (!Array.isArray(value)) throw new Error(`no list at ${path} of ${answer.status} ${answer.text.slice(0, 500)}`);
  return value;
}

/** The `data:` events of a stream, parsed; `[DONE]` stays a text. */
export function events(answer: Answer): unknown[] {
  return answer.text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => parsed(line.slice(6)) ?? line.slice(6));
}
