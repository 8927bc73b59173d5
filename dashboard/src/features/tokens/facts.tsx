import { endOf } from '#features/tokens/token-draft.ts'
import { language } from '#lib/language.ts'
import { useNow } from '#lib/use-now.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'

const date = new Intl.DateTimeFormat(language, { dateStyle: 'medium' })

/** When it ends, and a warning once that is near. */
export function Expiry({ at }: { at: string | null }) {
  const end = endOf(at, useNow())
  if (at === null) return <>{t('never expires')}</>
  const day = date.format(new Date(at))
  if (end === 'over') return <span className="text-bad">{t('expired {day}', { day })}</span>
  return (
    <span className={end === 'soon' ? 'text-warn' : undefined}>{t('expires {day}', { day })}</span>
  )
}

export function LastUse({ at, address }: { at: string | null; address: string | null }) {
  if (at === null) return <>{t('never used')}</>
  return (
    <>
      {rich(t('used {at}'), { at: <Ago at={at} /> })}
      {address !== null && t(' from {address}', { address })}
    </>
  )
}
