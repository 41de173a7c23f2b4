import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** Sends a response through node:http as its body comes. A client that leaves cancels the body. */
export async function writeResponse(response: Response, out: ServerResponse, left: AbortSignal): Promise<void> {
  const headers = Object.fromEntries(response.headers);
  const reader = response.body?.getReader();
  if (!reader) {
    out.writeHead(response.status, headers).end();
    return;
  }
  const cancel = () => void reader.cancel(left.reason).catch(() => {});
  left.addEventListener('abort', cancel, { once: true });
  if (left.aborted) return cancel();
  out.writeHead(response.status, headers);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!out.write(value)) await once(out, 'drain', { signal: left });
  }
  left.removeEventListener('abort', cancel);
  out.end();
}
