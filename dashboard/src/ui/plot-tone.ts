import type { PlotTone } from '#lib/plot-data.ts'
import { TONE_DOT, TONE_TEXT } from '#ui/tone.ts'

export const PLOT_TEXT: Record<PlotTone, string> = {
  ...TONE_TEXT,
  accent: 'text-accent',
  magenta: 'text-ansi-magenta',
  ink: 'text-ink',
}

export const PLOT_DOT: Record<PlotTone, string> = {
  ...TONE_DOT,
  accent: 'bg-accent',
  magenta: 'bg-ansi-magenta',
  ink: 'bg-ink',
}
