import { useQuery } from '@tanstack/react-query'
import type { Addon } from '@vastrox/shared/addon.ts'
import { catalogQuery } from '#features/addons/queries.ts'
import { proofOf } from '#features/backups/backup-words.ts'
import { ProofBadge } from '#features/backups/proof-badge.tsx'
import { subjectBackupsQuery } from '#features/backups/queries.ts'
import { useMay } from '#features/session/queries.ts'

/** Whether there is a way back for it; nothing of what keeps nothing, such as Memcached. */
export function AddonProof({ addon: { name, kind } }: { addon: Pick<Addon, 'name' | 'kind'> }) {
  const mayRead = useMay('backup.read')
  const { data: catalog } = useQuery(catalogQuery)
  const keepsData = catalog?.find((entry) => entry.kind === kind)?.keepsData !== false
  const { data: backups } = useQuery({
    ...subjectBackupsQuery({ type: 'addon', name }),
    enabled: mayRead && keepsData,
  })
  return backups === undefined || !keepsData ? null : <ProofBadge proof={proofOf(backups)} />
}
