import { useSyncExternalStore } from 'react'
import type { StreamState } from '#lib/stream.ts'

/** Whether the page is live, for the one sign that tells so. */
let state: StreamState = 'connecting'
const listeners = new Set<() => void>()

export function setLiveState(next: StreamState): void {
  state = next
  for (const tell of listeners) tell()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useLiveState = (): StreamState => useSyncExternalStore(subscribe, () => state)
