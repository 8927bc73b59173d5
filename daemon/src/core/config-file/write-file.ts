import { CONFIG_VERSION } from '@vastrox/shared/config-file.ts'
import { type ConfigEntry, isEntry } from '@vastrox/shared/config-shape.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { escaped } from '#core/config-file/fill-in.ts'
import { isSame } from '#core/config-file/same.ts'
import { type ConfigSection, type SectionPlace, without } from '#core/config-file/section.ts'

/** What is written, and what stands above it. */
export interface Written {
  root: Record<string, unknown>
  comments: Map<string, string>
  /** What whoever asked may not see. */
  left: string[]
}

export const emptyFile = (): Written => ({
  root: { vastrox: CONFIG_VERSION },
  comments: new Map(),
  left: [],
})

/** Puts a section into the file, without what is as usual; nothing where there is nothing to say. */
export async function writeSection(
  file: Written,
  section: ConfigSection,
  place: SectionPlace,
  holder: Record<string, unknown>,
  path: readonly string[],
  isWanted: (name: string) => boolean = () => true,
): Promise<void> {
  let found: Record<string, ConfigEntry>
  try {
    found = await section.read(place)
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== 'PERMISSION_DENIED') throw error
    file.left.push([...path, section.name].join(' / '))
    return
  }
  const here = [...path, section.name]
  if (section.isSingle) {
    const entry = unusual(section, found[''] ?? {})
    if (Object.keys(entry).length === 0) return
    holder[section.name] = escaped(section.shape.write(entry))
  } else {
    const names = Object.keys(found)
      .filter((name) => isWanted(name) && section.isUnsaid?.(name, found[name] ?? {}) !== true)
      .toSorted()
    if (names.length === 0) return
    const all: Record<string, unknown> = {}
    for (const name of names) {
      const entry = found[name] ?? {}
      const comment = section.commentOf?.(entry)
      if (comment !== undefined) file.comments.set([...here, name].join('\n'), ` ${comment}`)
      const said = without(unusual(section, entry), ...(section.leavesOut?.(entry) ?? []))
      all[name] = escaped(section.shape.write(said))
    }
    holder[section.name] = all
  }
  if (section.comment) file.comments.set(here.join('\n'), ` ${section.comment}`)
}

function unusual(section: ConfigSection, entry: ConfigEntry): ConfigEntry {
  const kept = Object.entries(entry).flatMap(([field, value]): [string, unknown][] => {
    const usual = section.usual[field]
    if (value === undefined || isSame(value, usual)) return []
    if (!section.partial?.includes(field) || !isEntry(value) || !isEntry(usual))
      return [[field, value]]
    const inner = Object.entries(value).filter(([key, each]) => !isSame(each, usual[key]))
    return [[field, Object.fromEntries(inner)]]
  })
  return Object.fromEntries(kept)
}
