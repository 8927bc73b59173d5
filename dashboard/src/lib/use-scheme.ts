import { useSyncExternalStore } from 'react'
import { useTheme } from '#lib/theme.ts'

const DARK = '(prefers-color-scheme: dark)'

const subscribe = (listener: () => void) => {
  const query = window.matchMedia(DARK)
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

/** What the colours are at the moment, for what is drawn and not styled. */
export function useScheme(): 'dark' | 'light' {
  const chosen = useTheme()
  const system = useSyncExternalStore(subscribe, () =>
    window.matchMedia(DARK).matches ? 'dark' : 'light',
  )
  return chosen === 'system' ? system : chosen
}
