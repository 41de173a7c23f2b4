import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { LiteLlmError } from './errors/litellm-error.ts';

const scope = '@keywright/litellm-client';

/**
 * Makes a call inside a span, named as OpenTelemetry's conventions for HTTP clients say. It does nothing until the host
 * configures OpenTelemetry. Only the route's template is on it: no id, no hash, no body.
 */
export async function traced<T>(method: string, route: string, baseUrl: URL, call: () => Promise<T>): Promise<T> {
  const attributes = {
    'http.request.method': method,
    'url.template': route,
    'server.address': baseUrl.hostname,
    ...(baseUrl.port ? { 'server.port': Number(baseUrl.port) } : {}),
  };
  const options = { kind: SpanKind.CLIENT, attributes };
  return trace.getTracer(scope).startActiveSpan(`${method} ${route}`, options, async (span) => {
    try {
      return await call();
    } catch (error) {
      const reason = error instanceof LiteLlmError ? error.reason : 'internal_error';
      span.setStatus({ code: SpanStatusCode.ERROR, message: reason });
      span.setAttribute('error.type', reason);
      if (error instanceof LiteLlmError && error.status !== null) {
        span.setAttribute('http.response.status_code', error.status);
      }
      throw error;
    } finally {
      span.end();
    }
  });
}
