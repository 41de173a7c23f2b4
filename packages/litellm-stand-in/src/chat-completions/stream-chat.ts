import type { Call } from '../http/call.ts';
import type { Admission } from '../limits/admission.ts';
import { logFailure } from '../spend/write-logs.ts';
import { chatEvents } from './chat-events.ts';
import type { ChatRequest } from './chat-request.ts';
import { streamHeaders } from './model-headers.ts';
import { pause } from './pause.ts';

const encoder = new TextEncoder();

/** Answers a chat as server-sent events. A client that leaves pays for the words that were sent. */
export function streamChat(call: Call, request: ChatRequest, admission: Admission): Response {
  const { proxy } = call;
  const { callId } = admission;
  const created = Math.floor(proxy.now().getTime() / 1000);
  const events = chatEvents(request, proxy.profile, { id: `chatcmpl-${callId}`, created, model: request.model });
  const left = new AbortController();
  const over = AbortSignal.any([call.signal, proxy.stopping(), left.signal]);
  let sentWords = 0;
  const settle = () => admission.settle({ promptTokens: request.promptTokens, completionTokens: sentWords });

  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const abandon = () => {
          settle();
          if (!left.signal.aborted) controller.error(over.reason);
        };
        if (over.aborted) return abandon();
        over.addEventListener('abort', abandon, { once: true });
      },
      async pull(controller) {
        const { value: event } = events.next();
        if (!event) return controller.close();
        try {
          await pause(event.waitMs, over);
        } catch {
          return; // `abandon` has ended the stream.
        }
        if (over.aborted) return;
        sentWords += event.words;
        // Before the last events go out, so that whoever has read the end finds the call charged.
        if (event.ends === 'complete') settle();
        if (event.ends === 'failed') {
          admission.release();
          logFailure(proxy, call, { status: 500, name: 'APIError', message: 'the provider dropped the stream' });
        }
        controller.enqueue(encoder.encode(`data: ${event.data}\n\n`));
      },
      cancel(reason) {
        left.abort(reason);
      },
    },
    // Nothing is made before it is asked for: a word in a buffer would count as sent.
    { highWaterMark: 0 },
  );
  const headers = { ...streamHeaders(call, callId, admission.model), ...admission.limitHeaders() };
  return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8', ...headers } });
}
