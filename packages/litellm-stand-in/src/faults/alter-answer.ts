import { isObject } from '../http/call.ts';
import { connectionDropped } from './connection-errors.ts';
import type { CutFault, EmptyListFault } from './fault.ts';

/** What a client gets of an answer that was made in order. */
export async function alteredAnswer(fault: CutFault | EmptyListFault, answer: Response): Promise<Response> {
  return fault.kind === 'cut' ? cutAfter(answer, fault.after ?? 1) : await emptied(answer);
}

/** The same answer, whose body breaks off. What it reads from goes the way of a client that leaves. */
function cutAfter(answer: Response, pieces: number): Response {
  const reader = answer.body?.getReader();
  if (!reader) return answer;
  let left = pieces;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (left <= 0) {
          await reader.cancel(connectionDropped()).catch(() => {});
          return controller.error(connectionDropped());
        }
        left -= 1;
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { status: answer.status, headers: answer.headers });
}

const counts = ['total_count', 'total', 'total_pages'];

function emptiedBody(body: unknown): unknown {
  if (Array.isArray(body)) return [];
  if (!isObject(body)) return body;
  const entries = Object.entries(body).map(([name, value]) => {
    if (Array.isArray(value)) return [name, []];
    return [name, counts.includes(name) ? 0 : value];
  });
  return Object.fromEntries(entries);
}

async function emptied(answer: Response): Promise<Response> {
  if (!answer.ok) return answer;
  const body = emptiedBody(await answer.json());
  return new Response(JSON.stringify(body), { status: answer.status, headers: answer.headers });
}
