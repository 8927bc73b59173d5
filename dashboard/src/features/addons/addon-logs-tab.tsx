import { LogLine } from '@vastrox/shared/log.ts'
import { useMemo } from 'react'
import type { z } from 'zod'
import { useAddonName } from '#features/addons/use-addon-name.ts'
import { useLines } from '#lib/use-lines.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Card } from '#ui/card.tsx'
import { LogView } from '#ui/log-view.tsx'

const Line = LogLine.pick({ at: true, stream: true, text: true })
type Line = z.infer<typeof Line>

const keyOf = ({ at, text }: Line): string => `${at} ${text}`
const LOOK = { stdout: 'plain', stderr: 'plain', platform: 'platform' } as const

/** What its server writes, as it comes. */
export function AddonLogsTab() {
  const name = useAddonName()
  const { lines } = useLines({ url: `/api/v1/addons/${name}/logs/stream`, schema: Line, keyOf })
  useTitle(t('Logs · {name}', { name }))
  const rows = useMemo(
    () => lines.map(({ id, line: { at, stream, text } }) => ({ id, at, look: LOOK[stream], text })),
    [lines],
  )
  return (
    <Card flush className="overflow-hidden">
      <LogView
        rows={rows}
        label={t('Log of {name}', { name })}
        empty={t('Nothing has been written yet. What its server says comes here as it is written.')}
        className="h-[calc(100dvh-20rem)] min-h-80"
      />
    </Card>
  )
}
