import { type ConfigEntry, isEntry } from '@vastrox/shared/config-shape.ts'

interface KindInfo {
  kind: string
  neverShown: readonly string[]
}

/**
 * Settings whose shape is a catalog entry's own, some of them secret: those are neither written nor
 * compared, and are used where the thing is made, or is to reach somebody else. `change` is the command
 * that gives it another one.
 */
export function createSettingsOfKinds(change: string) {
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
    noteOf(this: void, name: string, { settings }: ConfigEntry, before: ConfigEntry) {
      const said = secretsOf(before).filter((each) => isEntry(settings) && settings[each] != null)
      return notCompared(
        name,
        said,
        `${change} ${name} ${said.map((each) => `${each}=…`).join(' ')}`,
      )
    },
    hides: (entry: ConfigEntry, field: string): boolean =>
      field.startsWith('settings.') && secretsOf(entry).includes(field.slice('settings.'.length)),
  }
}

/** Said of secrets in a file: whether they are others than those in use nobody can see. */
export const notCompared = (
  name: string,
  secrets: readonly string[],
  command: string,
): string | undefined =>
  secrets.length === 0
    ? undefined
    : `${secrets.join(', ')} of ${name} ${secrets.length === 1 ? 'is' : 'are'} in the file and not compared with what is in use, which nobody is shown. Where it is to be another one: ${command}`
