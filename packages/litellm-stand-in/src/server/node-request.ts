import type { IncomingMessage } from 'node:http';

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The web-standard form of a request to node:http, read whole. */
export async function toRequest(message: IncomingMessage, origin: string, signal: AbortSignal): Promise<Request> {
  const body = await readBody(message);
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const method = message.method ?? 'GET';
  const hasBody = body.length > 0 && method !== 'GET' && method !== 'HEAD';
  return new Request(new URL(message.url ?? '/', origin), { method, headers, signal, body: hasBody ? body : null });
}
