import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import type { Addon } from '@vastrox/shared/addon.ts'
import { AttachmentsCard } from '#features/addons/attachments-card.tsx'
import { ConnectionCard } from '#features/addons/connection-card.tsx'
import { addonQuery, usageQuery } from '#features/addons/queries.ts'
import { useAddonName } from '#features/addons/use-addon-name.ts'
import { sayBytes } from '#lib/bytes.ts'
import { useTitle } from '#lib/use-title.ts'
import { Figure } from '#ui/chart.tsx'
import { Notice } from '#ui/notice.tsx'

export function AddonOverviewTab() {
  const name = useAddonName()
  const { data: addon } = useSuspenseQuery(addonQuery(name))
  useTitle(name)
  return (
    <div className="space-y-5">
      {addon.state === 'failed' && (
        <Notice tone="bad" title={addon.reason ?? 'It could not be started.'}>
          “Try again” starts it once more. What it wrote last is in its log.
        </Notice>
      )}
      {addon.state === 'creating' && (
        <Notice tone="info" title="It is on its way">
          {addon.reason ??
            'Its image is prepared, or its server starts for the first time. The first one of a kind takes longest.'}
        </Notice>
      )}
      {addon.state === 'restoring' && (
        <Notice tone="info" title="What is in it is being replaced">
          Apps wait until it is done.
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
      <Figure label="Memory" note={`of ${sayBytes(memoryBytes)}`}>
        {say(usage?.memoryBytes)}
      </Figure>
      <Figure label="On disk" note="of its volume">
        {say(usage?.sizeBytes)}
      </Figure>
      <Figure
        label="Connections"
        note={usage?.maxConnections ? `of ${usage.maxConnections}` : undefined}
      >
        {usage?.connections ?? '–'}
      </Figure>
      <Figure label="CPU" note={cpuMillis === 0 ? 'as much as is free' : 'at most'}>
        {cpuMillis === 0 ? 'no cap' : cpuMillis / 1_000}
      </Figure>
    </div>
  )
}
