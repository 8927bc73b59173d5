import type { MetricMark } from '@vastrox/shared/metric.ts'
import type { PlotTone } from '#lib/plot-data.ts'
import { t } from '#lib/words.ts'

/** What a mark on a chart looks like, by what happened. */
export const MARK_TONE: Record<MetricMark['kind'], PlotTone> = {
  deployment: 'accent',
  'roll-back': 'warn',
  crash: 'bad',
  alert: 'bad',
  env: 'busy',
  scale: 'busy',
  restart: 'idle',
}

export const MARK_WORD: Record<MetricMark['kind'], string> = {
  deployment: t('Deployment'),
  'roll-back': 'Roll-back',
  crash: t('Crash'),
  alert: t('Alert'),
  env: t('Env'),
  scale: t('Scale'),
  restart: t('Restart'),
}
