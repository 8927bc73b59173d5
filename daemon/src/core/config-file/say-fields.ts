import type { ConfigFieldChange } from '@vastrox/shared/config-file.ts'
import { type ConfigEntry, isEntry } from '@vastrox/shared/config-shape.ts'
import { isSame } from '#core/config-file/same.ts'
import type { ConfigSection, EntryChange } from '#core/config-file/section.ts'

const LONGEST = 200
const MAX_FIELDS = 200
const HIDDEN = '(not shown)'

/** Each field that differs, as a file would write it. */
export function sayFields(
  section: ConfigSection,
  change: EntryChange,
  mask: (text: string) => string,
): ConfigFieldChange[] {
  if (change.action === 'remove') return []
  const before = written(section, pickSaid(change.before, change.said))
  const after = written(section, change.said)
  const names = Object.keys(after)
  const say = (entry: ConfigEntry, from: ConfigEntry, name: string): string | null => {
    if (entry[name] === undefined) return null
    return section.hides?.(from, name) === true ? HIDDEN : sayValue(entry[name], mask)
  }
  return names
    .flatMap((name): ConfigFieldChange[] => {
      const [old, now] = [before[name], after[name]]
      const inner = section.partial?.includes(name) && isEntry(now)
      if (!inner)
        return [
          { name, before: say(before, change.before, name), after: say(after, change.after, name) },
        ]
      const was = isEntry(old) ? old : {}
      return Object.keys(now)
        .filter((key) => !isSame(was[key], now[key]))
        .map((key) => {
          const isHidden = section.hides?.(change.after, `${name}.${key}`) === true
          const text = (value: unknown) =>
            value === undefined ? null : isHidden ? HIDDEN : sayValue(value, mask)
          return { name: `${name}.${key}`, before: text(was[key]), after: text(now[key]) }
        })
    })
    .slice(0, MAX_FIELDS)
}

const pickSaid = (entry: ConfigEntry, said: ConfigEntry): ConfigEntry =>
  Object.fromEntries(Object.entries(entry).filter(([field]) => Object.hasOwn(said, field)))

function written(section: ConfigSection, entry: ConfigEntry): ConfigEntry {
  const text = section.shape.write(entry)
  return isEntry(text) ? text : { value: text }
}

function sayValue(value: unknown, mask: (text: string) => string): string {
  const shown = masked(value, mask)
  const text = typeof shown === 'string' ? shown : JSON.stringify(shown)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text
}

/** Before it is cut or put into quotes: half of a secret, or one with escapes in it, would not be known. */
function masked(value: unknown, mask: (text: string) => string): unknown {
  if (typeof value === 'string') return mask(value)
  if (Array.isArray(value)) return value.map((each) => masked(each, mask))
  if (!isEntry(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, masked(each, mask)]))
}
