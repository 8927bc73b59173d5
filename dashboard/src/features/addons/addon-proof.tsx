import { useQuery } from '@tanstack/react-query'
import type { Addon } from '@vastrox/shared/addon.ts'
import { ProofBadge } from '#features/backups/proof-badge.tsx'
import { subjectsQuery } from '#features/backups/queries.ts'
import { useMay } from '#features/session/queries.ts'

/** Whether there is a way back for it; nothing of what keeps nothing, such as Memcached. */
export function AddonProof({ addon: { name } }: { addon: Pick<Addon, 'name'> }) {
  const mayRead = useMay('backup.read')
  const { data: subjects } = useQuery({ ...subjectsQuery, enabled: mayRead })
  const found = subjects?.find(({ subject }) => subject.type === 'addon' && subject.name === name)
  return found ? <ProofBadge proof={found.proof} /> : null
}
