import type { Proof } from '@vastrox/shared/addon.ts'
import { sayProof } from '#features/backups/backup-words.ts'
import { useNow } from '#lib/use-now.ts'
import { Badge } from '#ui/state.tsx'

/** "Proven 3 h ago, in 41 s": whether there is a way back, and how sure that is. */
export function ProofBadge({ proof }: { proof: Proof }) {
  const now = useNow()
  const { label, tone } = sayProof(proof, now)
  return (
    <Badge tone={tone} dot>
      {label}
    </Badge>
  )
}
