import { cx } from '#lib/cx.ts'
import { TONE_DOT, TONE_SOFT, type Tone } from '#ui/tone.ts'

interface DotProps {
  tone: Tone
  /** Moves while something is under way. */
  moving?: boolean
}

/** A colour is never alone: a text beside it says the same. */
export function StateDot({ tone, moving = tone === 'busy' }: DotProps) {
  return (
    <span
      aria-hidden
      className={cx(
        'inline-block size-2 shrink-0 rounded-full',
        TONE_DOT[tone],
        moving && 'pulse-dot',
      )}
    />
  )
}

interface BadgeProps {
  tone: Tone
  children: string
  dot?: boolean
}

export function Badge({ tone, children, dot = false }: BadgeProps) {
  return (
    <span
      className={cx(
        'inline-flex items-center gap-1.5 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap',
        TONE_SOFT[tone],
      )}
    >
      {dot && <StateDot tone={tone} />}
      {children}
    </span>
  )
}
