import { useQuery } from '@tanstack/react-query'
import type { BackupSubject } from '@vastrox/shared/backup.ts'
import type { Volume } from '@vastrox/shared/volume.ts'
import { useState } from 'react'
import { addonsQuery } from '#features/addons/queries.ts'
import { useAppName } from '#features/app/use-app-name.ts'
import { BackUpNow } from '#features/backups/back-up-now.tsx'
import { BackupRow } from '#features/backups/backup-row.tsx'
import { isUnderWay, proofOf } from '#features/backups/backup-words.ts'
import { ImportCard } from '#features/backups/import-card.tsx'
import { ProofBadge } from '#features/backups/proof-badge.tsx'
import { subjectBackupsQuery } from '#features/backups/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { volumesQuery } from '#features/volumes/queries.ts'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Card } from '#ui/card.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Select } from '#ui/select.tsx'
import { ListSkeleton } from '#ui/skeleton.tsx'

type Named = Pick<BackupSubject, 'type' | 'name'>

export const load: Load = ({ read, may, params: { name } }) =>
  Promise.all([
    read(volumesQuery(name)),
    may('addon.read') && read(addonsQuery),
    may('backup.read') && read(subjectBackupsQuery({ type: 'app', name })),
  ])

/** Everything of one app that can be put back: its code and env, its volumes, its databases. */
export function AppBackupsTab() {
  const app = useAppName()
  const mayReadAddons = useMay('addon.read')
  const mayRestore = useMay('backup.restore')
  const { data: volumes = [] } = useQuery(volumesQuery(app))
  const { data: addons = [] } = useQuery({ ...addonsQuery, enabled: mayReadAddons })
  const { data: own = [] } = useQuery(subjectBackupsQuery({ type: 'app', name: app }))
  useTitle(t('Backups · {app}', { app }))
  const databases = addons.filter(({ attachments }) => attachments.some((each) => each.app === app))

  return (
    <div className="space-y-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="max-w-2xl text-muted">
          {t(
            '“Back up now” covers all of it in one click: code, settings and env, every volume, every attached database.',
          )}
        </p>
        <BackUpNow
          subject={{ type: 'app', name: app }}
          isMoving={own.some(isUnderWay)}
          variant="primary"
        />
      </div>
      <Part title={t('Code, settings and env')} subject={{ type: 'app', name: app }} />
      {volumes.map(({ name }) => (
        <Part
          key={name}
          title={t('The volume {name}', { name })}
          subject={{ type: 'volume', name: `${app}/${name}` }}
        />
      ))}
      {databases.map(({ name, title }) => (
        <Part key={name} title={`${name}, ${title}`} subject={{ type: 'addon', name }} />
      ))}
      {mayRestore && volumes.length > 0 && <VolumeImport app={app} volumes={volumes} />}
    </div>
  )
}

/** A tar of somebody's own into one of the volumes. */
function VolumeImport({ app, volumes }: { app: string; volumes: readonly Volume[] }) {
  const [chosen, setChosen] = useState<string>()
  const name = chosen ?? volumes[0]?.name ?? ''
  const target = { path: `/apps/${app}/volumes/${name}/import`, name: `${app}/${name}` }
  return (
    <div className="space-y-3">
      {volumes.length > 1 && (
        <Select
          label={t('Volume to import into')}
          className="max-w-xs"
          value={name}
          onChange={({ target: { value } }) => setChosen(value)}
        >
          {volumes.map((volume) => (
            <option key={volume.name}>{volume.name}</option>
          ))}
        </Select>
      )}
      <ImportCard key={name} target={target} kind="volume" />
    </div>
  )
}

const SHOWN = 5

function Part({ title, subject }: { title: string; subject: Named }) {
  const { data: backups, error, refetch } = useQuery(subjectBackupsQuery(subject))
  return (
    <Card title={title} flush aside={backups && <ProofBadge proof={proofOf(backups)} />}>
      {error && (
        <div className="p-4">
          <ErrorNotice error={error} onRetry={() => void refetch()} />
        </div>
      )}
      {!backups && !error && <ListSkeleton rows={2} />}
      {backups?.length === 0 && (
        <p className="p-4 text-muted sm:p-5">{t('No backup of it yet.')}</p>
      )}
      {backups && backups.length > 0 && (
        <ul>
          {backups.slice(0, SHOWN).map((backup) => (
            <BackupRow key={backup.id} backup={backup} />
          ))}
        </ul>
      )}
    </Card>
  )
}
