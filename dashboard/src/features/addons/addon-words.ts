import type { Addon, AddonCatalogEntry } from '@vastrox/shared/addon.ts'
import { sayHours, sayMinutes } from '#lib/time.ts'
import { t } from '#lib/words.ts'
import type { Tone } from '#ui/tone.ts'

const MEGABYTE = 2 ** 20

interface Standing {
  label: string
  tone: Tone
}

export const ADDON_STATE: Record<Addon['state'], Standing> = {
  creating: { label: t('Being created'), tone: 'busy' },
  running: { label: t('Running'), tone: 'good' },
  stopped: { label: t('Stopped'), tone: 'idle' },
  failed: { label: t('Failed'), tone: 'bad' },
  restoring: { label: t('Being restored'), tone: 'busy' },
}

/** The version that is chosen by itself: the usual one where it can be had, otherwise any that can. */
export function usualVersion({ versions }: Pick<AddonCatalogEntry, 'versions'>) {
  const there = versions.filter(({ unavailable }) => unavailable === null)
  return there.find(({ isDefault }) => isDefault) ?? there[0]
}

/** Why none of it can be had; undefined where some can. */
export const whyNone = (entry: Pick<AddonCatalogEntry, 'versions'>): string | undefined =>
  usualVersion(entry)
    ? undefined
    : (entry.versions.find(({ unavailable }) => unavailable !== null)?.unavailable ??
      t('No version of it can be had here.'))

const STEPS_MB = [64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768]

/** Sizes to choose from: the smallest that runs, the usual one, and steps between and beyond. */
export function memoryChoices(
  {
    minMemoryBytes,
    defaultMemoryBytes,
  }: Pick<AddonCatalogEntry, 'minMemoryBytes' | 'defaultMemoryBytes'>,
  current?: number,
): number[] {
  const all = new Set([
    defaultMemoryBytes,
    ...STEPS_MB.map((mb) => mb * MEGABYTE),
    ...(current === undefined ? [] : [current]),
  ])
  return [...all].filter((bytes) => bytes >= minMemoryBytes).toSorted((a, b) => a - b)
}

/** A name for a new one: of the app it is for, or of its kind; the next free number where it is taken. */
export function suggestName(
  kind: string,
  app: string | undefined,
  taken: readonly string[],
): string {
  const suffix = kind === 'redis' || kind === 'valkey' || kind === 'memcached' ? 'cache' : 'db'
  const base = app === undefined ? kind : `${app.slice(0, 33)}-${suffix}`
  if (!taken.includes(base)) return base
  for (let number = 2; number < 1_000; number += 1) {
    const name = `${base.slice(0, 36)}-${number}`
    if (!taken.includes(name)) return name
  }
  return base
}

const PARTS: Record<string, readonly string[]> = {
  redis: ['URL', 'HOST', 'PORT', 'USER', 'PASSWORD'],
  memcached: ['URL', 'HOST', 'PORT', 'SERVERS'],
}
const USUAL_PARTS = ['URL', 'HOST', 'PORT', 'USER', 'PASSWORD', 'NAME']

/** The variables that an app gets: `DATABASE_URL` and its parts. */
export const variablesOf = (kind: string, prefix: string): string[] =>
  (PARTS[kind] ?? USUAL_PARTS).map((part) => `${prefix}_${part}`)

/** "4 min 12 s" until a moment; undefined once it is over. */
export function countdown(until: string, now: Date): string | undefined {
  const seconds = Math.floor((new Date(until).getTime() - now.getTime()) / 1_000)
  if (seconds <= 0) return undefined
  if (seconds < 60) return t('{count} s', { count: seconds })
  if (seconds < 3_600) return sayMinutes(seconds * 1_000)
  return sayHours(seconds * 1_000)
}
