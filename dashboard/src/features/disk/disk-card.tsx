import { useQuery } from '@tanstack/react-query'
import type { AppDisk } from '@vastrox/shared/disk-use.ts'
import { useState } from 'react'
import { AllowanceDialog } from '#features/disk/allowance-dialog.tsx'
import { diskUseQuery } from '#features/disk/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { sayBytes } from '#lib/bytes.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { LongList, type RowPlace } from '#ui/long-list.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { ListSkeleton } from '#ui/skeleton.tsx'
import { Badge } from '#ui/state.tsx'

interface ShownDisk {
  id: string
  disk: AppDisk
}

const ROW_PX = 57

/** What every app takes of the disk with its volumes, and may take. */
export function DiskCard() {
  const { data: apps, error, refetch } = useQuery(diskUseQuery)
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!apps) return <ListSkeleton />
  const withVolumes = apps.filter(
    ({ use, allowanceBytes }) => use !== null || allowanceBytes !== null,
  )
  if (withVolumes.length === 0) return null
  return (
    <Card
      title={t('What apps keep on the disk')}
      lead={t(
        "In their volumes. An app that takes more than it may can only read them, so that it fills nobody else's disk.",
      )}
      flush
    >
      <LongList
        items={withVolumes.map((disk) => ({ id: disk.app, disk }))}
        guess={ROW_PX}
        Row={DiskRow}
      />
    </Card>
  )
}

function DiskRow({ item: { disk }, place }: { item: ShownDisk; place: RowPlace }) {
  const mayChange = useMay('node.change')
  const [changing, setChanging] = useState(false)
  const { app, use } = disk
  return (
    <li
      {...place}
      className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-3 last:border-0 sm:px-5"
    >
      <div className="min-w-0 flex-1 basis-48">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {app}
          {use?.hold && <Badge tone="bad">{t('read only')}</Badge>}
        </p>
        {use?.hold && <p className="text-sm text-muted">{use.hold.reason}</p>}
      </div>
      <p className="tabular text-sm text-muted">{sayUse(disk)}</p>
      {mayChange && (
        <Button
          size="sm"
          variant="quiet"
          aria-label={t('Change how much {app} may take', { app })}
          onClick={() => setChanging(true)}
        >
          {t('Change')}
        </Button>
      )}
      <AllowanceDialog disk={disk} open={changing} onClose={() => setChanging(false)} />
    </li>
  )
}

export function sayUse({ use, allowanceBytes }: AppDisk): string {
  if (use === null)
    return allowanceBytes === null
      ? t('not measured')
      : t('may take {allowanceBytes}', { allowanceBytes: sayBytes(allowanceBytes) })
  return use.isOwn
    ? t('{bytes} of {allowanceBytes}', {
        bytes: sayBytes(use.bytes),
        allowanceBytes: sayBytes(use.allowanceBytes),
      })
    : t('{bytes} of {allowanceBytes} (as every app)', {
        bytes: sayBytes(use.bytes),
        allowanceBytes: sayBytes(use.allowanceBytes),
      })
}
