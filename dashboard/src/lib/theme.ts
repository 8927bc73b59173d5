import { useSyncExternalStore } from 'react'

export type Theme = 'system' | 'dark' | 'light'

const KEY = 'vastrox-theme'
const listeners = new Set<() => void>()

export function setTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
  try {
    if (theme === 'system') localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, theme)
  } catch {
    // Storage may be blocked; the choice then lasts until the page is closed.
  }
  for (const tell of listeners) tell()
}

const current = (): Theme => {
  const chosen = document.documentElement.dataset['theme']
  return chosen === 'dark' || chosen === 'light' ? chosen : 'system'
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, current)
