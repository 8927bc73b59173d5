import { useQuery } from '@tanstack/react-query'
import { lazy, useDeferredValue } from 'react'
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
  // Where it comes later, the page stays as it is until it is there; at first it comes with the page.
  const isShown = useDeferredValue(run !== undefined && !run.isDismissed && !run.isComplete)
  return isShown ? <FirstRunCard {...(onNewApp && { onNewApp })} /> : null
}
