import { LiveEvent } from '@vastrox/shared/live-event.ts'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { type QueryKey, staleAfter, withoutRepeats } from '#lib/live.ts'
import { follow } from '#lib/stream.ts'
import { setLiveState } from '#lib/stream-state.ts'

const GATHER_MS = 120

/**
 * Keeps every page true: one stream says what has changed, and the queries on screen read it again.
 * Events that come together are answered by one round. After a gap everything is read once.
 */
export function useLiveEvents(): void {
  const queryClient = useQueryClient()

  useEffect(() => {
    let stale: QueryKey[] = []
    let timer: ReturnType<typeof setTimeout> | undefined
    let wasAway = false

    const readAgain = (keys: readonly QueryKey[]) => {
      stale.push(...keys)
      timer ??= setTimeout(() => {
        const round = withoutRepeats(stale)
        stale = []
        timer = undefined
        for (const queryKey of round) void queryClient.invalidateQueries({ queryKey })
      }, GATHER_MS)
    }

    const stop = follow({
      url: () => '/api/v1/events',
      schema: LiveEvent,
      onItem: (event) => readAgain(staleAfter(event)),
      onState: (state) => {
        setLiveState(state)
        if (state === 'open' && wasAway) readAgain([[]])
        wasAway = state === 'reconnecting'
      },
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [queryClient])
}
