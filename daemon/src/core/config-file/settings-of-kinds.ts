import { type ConfigEntry, isEntry } from '@vastrox/shared/config-shape.ts'

interface KindInfo {
  kind: string
  neverShown: readonly string[]
}

/**
 * Settings whose shape is a catalog entry's own, some of them secret: those are neither written nor
 * compared, and are used where the thing is made, or is to reach somebody else.
 */
export function createSettingsOfKinds() {
  const secrets = new Map<string, readonly string[]>()
  const secretsOf = ({ kind }: ConfigEntry): readonly string[] => secrets.get(String(kind)) ?? []

  return {
    know: (kinds: readonly KindInfo[]): void => {
      for (const { kind, neverShown } of kinds) secrets.set(kind, neverShown)
    },
    comparable(this: void, entry: ConfigEntry, before: ConfigEntry): ConfigEntry {
      const { settings } = entry
      if (!isEntry(settings)) return entry
      const hidden = secretsOf(before)
      const shown = Object.entries(settings).filter(([name]) => !hidden.includes(name))
      return { ...entry, settings: Object.fromEntries(shown) }
    },
    commentOf(this: void, entry: ConfigEntry): string | undefined {
      const hidden = secretsOf(entry)
      return hidden.length === 0 ? undefined : `Not written: ${hidden.join(', ')}`
    },
    hides: (entry: ConfigEntry, field: string): boolean =>
      field.startsWith('settings.') && secretsOf(entry).includes(field.slice('settings.'.length)),
  }
}
