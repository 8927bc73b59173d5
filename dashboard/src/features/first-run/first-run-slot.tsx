import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { firstRunQuery } from '#features/first-run/queries.ts'
import { useMe } from '#features/session/queries.ts'

const FirstRunCard = lazy(async () => ({
  default: (await import('#features/first-run/first-run-card.tsx')).FirstRunCard,
}))

/** The list of first steps on the first page: nothing of it is loaded where it is done or put away. */
export function FirstRunSlot({ onNewApp }: { onNewApp?: () => void }) {
  // Guests see apps, and nothing of the team: asking would be a refusal in its audit log.
  const isGuest = useMe().role === 'guest'
  const { data: run } = useQuery({ ...firstRunQuery, enabled: !isGuest })
  if (!run || run.isDismissed || run.isComplete) return null
  return (
    <Suspense>
      <FirstRunCard {...(onNewApp && { onNewApp })} />
    </Suspense>
  )
}
