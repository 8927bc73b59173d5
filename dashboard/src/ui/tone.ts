/** What a colour says, everywhere: well, look at it, broken, at work, at rest. */
export type Tone = 'good' | 'warn' | 'bad' | 'busy' | 'idle'

export const TONE_TEXT: Record<Tone, string> = {
  good: 'text-good',
  warn: 'text-warn',
  bad: 'text-bad',
  busy: 'text-busy',
  idle: 'text-muted',
}

export const TONE_SOFT: Record<Tone, string> = {
  good: 'bg-good-soft text-good',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
  busy: 'bg-busy-soft text-busy',
  idle: 'bg-hover text-muted',
}

export const TONE_DOT: Record<Tone, string> = {
  good: 'bg-good',
  warn: 'bg-warn',
  bad: 'bg-bad',
  busy: 'bg-busy',
  idle: 'bg-faint',
}
