import type { MetricsText } from '@keywright/http-api';
import { metrics } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

/**
 * Installs OpenTelemetry's SDK for this process, so that what Keywright counts has somewhere to go. The exporter's own
 * HTTP server stays off: `GET /metrics` of the API shows the text.
 */
export function installMetrics(): { read: () => Promise<MetricsText>; close: () => Promise<void> } {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const provider = new MeterProvider({ readers: [exporter] });
  metrics.setGlobalMeterProvider(provider);
  // no resource and scope labels: they repeat this machine's paths on every line
  const serializer = new PrometheusSerializer('', false, undefined, true, true);
  return {
    async read() {
      const { resourceMetrics } = await exporter.collect();
      return { contentType: 'text/plain; version=0.0.4; charset=utf-8', body: serializer.serialize(resourceMetrics) };
    },
    close: () => provider.shutdown(),
  };
}
