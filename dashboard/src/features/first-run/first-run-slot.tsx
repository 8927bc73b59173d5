import { useQuery } from '@tanstack/react-query'
import { FirstRunCard } from '#features/first-run/first-run-card.tsx'
import { firstRunQuery } from '#features/first-run/queries.ts'
import { useMe } from '#features/session/queries.ts'

/** The list of first steps on the first page, until it is done or put away. */
export function FirstRunSlot({ onNewApp }: { onNewApp?: () => void }) {
  // Guests see apps, and nothing of the team: asking would be a refusal in its audit log.
  const isGuest = useMe().role === 'guest'
  const { data: run } = useQuery({ ...firstRunQuery, enabled: !isGuest })
  const isShown = run !== undefined && !run.isDismissed && !run.isComplete
  return isShown ? <FirstRunCard {...(onNewApp && { onNewApp })} /> : null
}
