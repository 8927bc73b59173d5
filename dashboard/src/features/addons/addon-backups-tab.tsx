import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { addonQuery, catalogQuery } from '#features/addons/queries.ts'
import { useAddonName } from '#features/addons/use-addon-name.ts'
import { ImportCard } from '#features/backups/import-card.tsx'
import { subjectBackupsQuery } from '#features/backups/queries.ts'
import { SubjectBackups } from '#features/backups/subject-backups.tsx'
import { useMay } from '#features/session/queries.ts'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Notice } from '#ui/notice.tsx'

export const load: Load = ({ read, params: { addon } }) =>
  Promise.all([read(catalogQuery), read(subjectBackupsQuery({ type: 'addon', name: addon }))])

export function AddonBackupsTab() {
  const name = useAddonName()
  const { data: addon } = useSuspenseQuery(addonQuery(name))
  const { data: catalog } = useQuery(catalogQuery)
  const mayRestore = useMay('backup.restore')
  useTitle(t('Backups · {name}', { name }))
  if (catalog?.find(({ kind }) => kind === addon.kind)?.keepsData === false)
    return (
      <Notice tone="info" title={t('{title} keeps nothing on a disk', { title: addon.title })}>
        {t('What it holds is in memory and gone with a restart, so there is nothing to back up.')}
      </Notice>
    )
  return (
    <div className="space-y-5">
      <SubjectBackups subject={{ type: 'addon', name }} />
      {mayRestore && (
        <ImportCard target={{ path: `/addons/${name}/import`, name }} kind={addon.kind} />
      )}
    </div>
  )
}
