import { useQuery } from '@tanstack/react-query'
import { appDiskQuery } from '#features/disk/queries.ts'
import { t } from '#lib/words.ts'
import { Notice } from '#ui/notice.tsx'

/** Says that the app's volumes can only be read, and what helps. */
export function DiskHold({ app }: { app: string }) {
  const { data: disk } = useQuery(appDiskQuery(app))
  const hold = disk?.use?.hold
  if (!hold) return null
  return (
    <div className="mb-6">
      <Notice tone="bad" title={t('The volumes of this app can only be read')}>
        {t(
          '{reason} Nothing was deleted. A command can make room (vastrox run {app} …), and whoever looks after the server can allow more (vastrox disk:allow {app} …).',
          { reason: hold.reason, app },
        )}
      </Notice>
    </div>
  )
}
