import type { Actor } from '@vastrox/shared/actor.ts'
import type { ConfigEntry, ConfigShape } from '@vastrox/shared/config-shape.ts'
import type { z } from 'zod'

/** Whose: of an app, or of the team (and what belongs to the platform). */
export interface SectionPlace {
  actor: Actor
  /** Its name; empty for what is of the team. */
  app: string
}

/** One thing that is to be made different. */
export interface EntryChange {
  action: 'create' | 'change' | 'remove'
  /** Empty where there is only one of it. */
  name: string
  /** As it is now; empty where it is not there. */
  before: ConfigEntry
  /** As it is to be, with what stays. */
  after: ConfigEntry
  /** The part of it that is different. */
  said: ConfigEntry
  /** Of the file, as it stands there: with what is never shown again. */
  file: ConfigEntry
}

/**
 * A kind of thing that a file says: one file, and one line in sections.ts. It reads and acts by the
 * service that owns the thing, which checks who may and writes down who did.
 */
export interface ConfigSection {
  /** Its key in the file. */
  name: string
  /** For people, above its first mention in a written file. */
  comment?: string
  /** There is one of it for each place: settings. Otherwise there are many, by name. */
  isSingle: boolean
  names?: z.ZodType<string>
  shape: ConfigShape
  /** What is so where nobody has said anything: it is left out of written files. */
  usual: ConfigEntry
  /** Fields whose own fields are said one by one. */
  partial?: readonly string[]
  /** Without these it cannot be made. */
  required?: readonly string[]
  /** Cannot be changed once it is there. */
  fixed?: readonly string[]
  /** Said about it, and not a part of it. */
  ignored?: readonly string[]
  /** Why it is never removed by a file. */
  isKept?: string
  read(place: SectionPlace): Promise<Record<string, ConfigEntry>>
  /** Does all of one place's at once, so that what deploys deploys once. Gives what is deployed by it. */
  make(place: SectionPlace, changes: readonly EntryChange[]): Promise<Deploying[]>
  /** What of an entry is compared with what is there: secrets that nobody is shown are not. */
  comparable?(entry: ConfigEntry, before: ConfigEntry): ConfigEntry
  /** What people are to know of an entry that is there already. */
  noteOf?(name: string, said: ConfigEntry, before: ConfigEntry): string | undefined
  /** Why an entry cannot be made as it is said. */
  refuse?(said: ConfigEntry, before: ConfigEntry | undefined, name: string): string | undefined
  /** Fields of it that are not written into a file. */
  leavesOut?(entry: ConfigEntry): readonly string[]
  /** What is called otherwise where it is shown: a name with a key in it. */
  shownName?(name: string): string
  /** Where the value of a field may not be shown. */
  hides?(entry: ConfigEntry, field: string): boolean
  /** So from the first day: neither written nor missed. */
  isUnsaid?(name: string, entry: ConfigEntry): boolean
  /** Of the team's, what the file of one app needs besides. */
  usedBy?(place: SectionPlace): Promise<string[]>
  /** A line above the entry in a written file. */
  commentOf?(entry: ConfigEntry): string | undefined
}

/** What acts give back of deployments, as far as it is told. */
export type Deploying = { number: number } | null | undefined

interface Verbs {
  create?(place: SectionPlace, change: EntryChange): unknown
  change?(place: SectionPlace, change: EntryChange): unknown
  remove?(place: SectionPlace, change: EntryChange): unknown
}

/** One act for each change, in their order. */
export const oneByOne =
  (verbs: Verbs): ConfigSection['make'] =>
  async (place, changes) => {
    for (const change of changes) await verbs[change.action]?.(place, change)
    return []
  }

/** What differs, for acts that take it as it is said. */
export const pick = (entry: ConfigEntry, fields: readonly string[]): ConfigEntry =>
  Object.fromEntries(Object.entries(entry).filter(([field]) => fields.includes(field)))

export const without = (entry: ConfigEntry, ...fields: readonly string[]): ConfigEntry =>
  Object.fromEntries(Object.entries(entry).filter(([field]) => !fields.includes(field)))
