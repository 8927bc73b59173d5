import { endOf } from '#features/tokens/token-draft.ts'
import { useNow } from '#lib/use-now.ts'
import { Ago } from '#ui/ago.tsx'

const date = new Intl.DateTimeFormat('en', { dateStyle: 'medium' })

/** When it ends, and a warning once that is near. */
export function Expiry({ at }: { at: string | null }) {
  const end = endOf(at, useNow())
  if (at === null) return <>never expires</>
  const day = date.format(new Date(at))
  if (end === 'over') return <span className="text-bad">expired {day}</span>
  return <span className={end === 'soon' ? 'text-warn' : undefined}>expires {day}</span>
}

export function LastUse({ at, address }: { at: string | null; address: string | null }) {
  if (at === null) return <>never used</>
  return (
    <>
      used <Ago at={at} />
      {address !== null && ` from ${address}`}
    </>
  )
}
