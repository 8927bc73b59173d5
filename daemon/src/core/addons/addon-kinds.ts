import { CodedError } from '@vastrox/shared/errors.ts'
import type { AddonKind, AddonKindVersion } from '#ports/addon-kind.ts'

/** The catalog of add-ons, by the names that people use. */
export function createAddonKinds(all: readonly AddonKind[]) {
  const find = (name: string): AddonKind | undefined =>
    all.find(({ kind, aliases }) => kind === name || aliases.includes(name))

  /** Throws ADDON_KIND_UNKNOWN. */
  function get(name: string): AddonKind {
    const kind = find(name)
    if (!kind)
      throw new CodedError('ADDON_KIND_UNKNOWN', {
        kind: name,
        reason: `There is no add-on ${name}; there are ${all.map((one) => one.kind).join(', ')}.`,
      })
    return kind
  }

  return {
    list: (): readonly AddonKind[] => all,
    find,
    get,

    /** The usual one, or the newest that begins with what was asked for. Throws ADDON_VERSION_UNKNOWN. */
    versionOf(kind: AddonKind, asked: string | undefined): AddonKindVersion {
      const { versions } = kind
      const found =
        asked === undefined
          ? (versions.find(({ isDefault }) => isDefault) ?? versions[0])
          : versions.find(({ version }) => version === asked || version.startsWith(`${asked}.`))
      if (!found)
        throw new CodedError('ADDON_VERSION_UNKNOWN', {
          reason: `There is no ${kind.title} ${asked ?? ''} here; there are ${versions.map(({ version }) => version).join(', ')}.`,
        })
      return found
    },

    /** Of a server that is there: its version may have left the catalog since. */
    imageOf(kind: AddonKind, version: string): AddonKindVersion['image'] {
      const found = kind.versions.find((one) => one.version === version)
      if (!found) throw new CodedError('ADDON_VERSION_UNKNOWN', { version })
      return found.image
    },
  }
}
export type AddonKinds = ReturnType<typeof createAddonKinds>
