import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
let now = new Date()
let timer: ReturnType<typeof setInterval> | undefined

const tick = () => {
  now = new Date()
  for (const tell of listeners) tell()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  if (timer === undefined) {
    now = new Date()
    timer = setInterval(tick, 1_000)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

const perSecond = () => now.getTime()
const perMinute = () => Math.floor(now.getTime() / 10_000) * 10_000

/** The time, read again every second (`live`) or every ten; one timer for the whole page. */
export const useNow = (live = false): Date =>
  new Date(useSyncExternalStore(subscribe, live ? perSecond : perMinute))
