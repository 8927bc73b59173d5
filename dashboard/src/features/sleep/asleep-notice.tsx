import { useQuery } from '@tanstack/react-query'
import type { App } from '@vastrox/shared/app.ts'
import { saySleep } from '#features/sleep/say-sleep.ts'
import { sleepQuery, useSleepVerb } from '#features/sleep/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Notice } from '#ui/notice.tsx'

/** That the app sleeps, what it saves, and the way to wake it. */
export function AsleepNotice({ app }: { app: App }) {
  const mayChange = useMay('app.change')
  const { data: sleep } = useQuery(sleepQuery(app.name))
  const verb = useSleepVerb(app.name)
  if (app.state !== 'asleep') return null
  return (
    <Notice
      tone="info"
      title={t('The app is asleep.')}
      actions={
        mayChange && (
          <Button size="sm" busy={verb.isPending} onClick={() => verb.mutate('wake')}>
            {t('Wake')}
          </Button>
        )
      }
    >
      {t('The next visitor wakes it, and waits meanwhile.')} {sleep && saySleep(sleep)}
    </Notice>
  )
}
