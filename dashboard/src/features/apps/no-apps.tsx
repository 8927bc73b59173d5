import { lazy, Suspense, type ReactNode } from 'react'
import { Skeleton } from '#ui/skeleton.tsx'

const FirstPush = lazy(async () => ({
  default: (await import('#features/apps/first-push.tsx')).FirstPush,
}))
const StarterCards = lazy(async () => ({
  default: (await import('#features/apps/starter-cards.tsx')).StarterCards,
}))

interface Props {
  action: ReactNode
  /** Left out: the person may not make apps. */
  onPick: ((starter: string) => void) | undefined
}

/** In place of the apps while there are none. Whoever has apps does not load it. */
export function NoApps({ action, onPick }: Props) {
  return (
    <Suspense fallback={<Skeleton className="h-96" />}>
      <FirstPush action={action} />
      {onPick && <StarterCards onPick={onPick} />}
    </Suspense>
  )
}
