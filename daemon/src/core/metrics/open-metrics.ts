import type { MetricService } from '#core/metrics/metric-service.ts'
import type { Prometheus } from '#core/metrics/prometheus.ts'

/** Charts are loaded when somebody first looks at one. */
export type OpenMetrics = () => Promise<MetricService>
/** The same for the first Prometheus that comes by. */
export type OpenPrometheus = () => Promise<Prometheus>
