import { useEffect, useState } from 'react'
import { useLiveState } from '#lib/stream-state.ts'
import { t } from '#lib/words.ts'
import { StateDot } from '#ui/state.tsx'

/** A short break is nobody's concern. */
const CALM_MS = 2_500

/** Says that the page is live, or calmly that it is not just now. */
export function LiveSign({ small = false }: { small?: boolean }) {
  const state = useLiveState()
  const [away, setAway] = useState(false)

  useEffect(() => {
    if (state === 'open') return undefined
    const timer = setTimeout(() => setAway(true), CALM_MS)
    return () => {
      clearTimeout(timer)
      setAway(false)
    }
  }, [state])

  if (small && !away) return null
  return (
    <output className="flex items-center gap-2 px-2.5 py-1.5 text-sm text-muted">
      <StateDot tone={away ? 'warn' : 'good'} moving={away} />
      {away ? t('Reconnecting …') : t('Live')}
    </output>
  )
}
