import type { MetricService } from '#core/metrics/metric-service.ts'

/** Charts are loaded when somebody first looks at one. */
export type OpenMetrics = () => Promise<MetricService>
