import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import type { Addon } from '@vastrox/shared/addon.ts'
import { AttachmentsCard } from '#features/addons/attachments-card.tsx'
import { ConnectionCard } from '#features/addons/connection-card.tsx'
import { addonQuery, usageQuery } from '#features/addons/queries.ts'
import { useAddonName } from '#features/addons/use-addon-name.ts'
import { sayBytes } from '#lib/bytes.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Figure } from '#ui/chart.tsx'
import { Notice } from '#ui/notice.tsx'

export function AddonOverviewTab() {
  const name = useAddonName()
  const { data: addon } = useSuspenseQuery(addonQuery(name))
  useTitle(name)
  return (
    <div className="space-y-5">
      {addon.state === 'failed' && (
        <Notice tone="bad" title={addon.reason ?? t('It could not be started.')}>
          {t('“Try again” starts it once more. What it wrote last is in its log.')}
        </Notice>
      )}
      {addon.state === 'creating' && (
        <Notice tone="info" title={t('It is on its way')}>
          {addon.reason ??
            t(
              'Its image is prepared, or its server starts for the first time. The first one of a kind takes longest.',
            )}
        </Notice>
      )}
      {addon.state === 'restoring' && (
        <Notice tone="info" title={t('What is in it is being replaced')}>
          {t('Apps wait until it is done.')}
        </Notice>
      )}
      <Usage addon={addon} />
      <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-5">
        <AttachmentsCard addon={addon} />
        <ConnectionCard addon={addon} />
      </div>
    </div>
  )
}

function Usage({ addon: { name, state, memoryBytes, cpuMillis } }: { addon: Addon }) {
  const { data: usage } = useQuery({ ...usageQuery(name), enabled: state === 'running' })
  const say = (bytes: number | null | undefined): string =>
    bytes === null || bytes === undefined ? '–' : sayBytes(bytes)
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Figure
        label={t('Memory')}
        note={t('of {memoryBytes}', { memoryBytes: sayBytes(memoryBytes) })}
      >
        {say(usage?.memoryBytes)}
      </Figure>
      <Figure label={t('On disk')} note={t('of its volume')}>
        {say(usage?.sizeBytes)}
      </Figure>
      <Figure
        label={t('Connections')}
        note={
          usage?.maxConnections
            ? t('of {maxConnections}', { maxConnections: usage.maxConnections })
            : undefined
        }
      >
        {usage?.connections ?? '–'}
      </Figure>
      <Figure label="CPU" note={cpuMillis === 0 ? t('as much as is free') : t('at most')}>
        {cpuMillis === 0 ? t('no cap') : cpuMillis / 1_000}
      </Figure>
    </div>
  )
}
