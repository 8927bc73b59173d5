import { ago, exactTime } from '#lib/time.ts'
import { useNow } from '#lib/use-now.ts'

/** "3 min ago", kept true while the page is open; the exact time on hover. */
export function Ago({ at }: { at: string }) {
  const now = useNow()
  return (
    <time dateTime={at} title={exactTime(at)} className="tabular whitespace-nowrap">
      {ago(at, now)}
    </time>
  )
}
