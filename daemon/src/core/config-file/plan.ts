import { createHmac } from 'node:crypto'
import type { Actor } from '@vastrox/shared/actor.ts'
import type { ConfigChange, ConfigPlan, ConfigProblem } from '@vastrox/shared/config-file.ts'
import { type ConfigEntry, fileName, isEntry } from '@vastrox/shared/config-shape.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { SaidFile, SaidSection } from '#core/config-file/read-file.ts'
import { isSame, stable } from '#core/config-file/same.ts'
import { sayFields } from '#core/config-file/say-fields.ts'
import type { ConfigSection, EntryChange, SectionPlace } from '#core/config-file/section.ts'
import type { Sections } from '#core/config-file/sections.ts'

/** Acts of one section in one place: done by one call. */
export interface PlannedActs {
  /** undefined: the app itself is made. */
  section: ConfigSection | undefined
  place: SectionPlace
  changes: readonly EntryChange[]
}

export interface MadePlan {
  plan: ConfigPlan
  acts: readonly PlannedActs[]
}

interface Asked {
  actor: Actor
  file: SaidFile
  sections: Sections
  isThere: (app: string) => boolean
  prune: boolean
  /** Keeps values of `${NAME}` out of what is shown. */
  mask: (text: string) => string
  digestKey: Buffer
}

const MAX_NOTES = 200

/** Works out what is to be done, in the order in which it can be: nothing is changed by it. */
export async function makePlan(asked: Asked): Promise<MadePlan> {
  const { actor, file, sections, prune } = asked
  const problems: ConfigProblem[] = [...file.problems]
  const notes: string[] = []
  const acts: PlannedActs[] = []
  const removals: PlannedActs[] = []

  async function planSection(said: SaidSection, isNewApp: boolean): Promise<void> {
    const { section, app } = said
    const place = { actor, app }
    const now = isNewApp ? freshOf(section) : await readNow(said, place)
    if (!now) return
    const changes: EntryChange[] = []
    for (const [name, entry] of said.entries) {
      const known = shownName(section, name)
      const before = Object.hasOwn(now, known) ? now[known] : undefined
      const change = before
        ? changeOf(section, known, before, prune ? withUsual(section, entry) : entry)
        : creationOf(section, name, entry)
      const refusal = section.refuse?.(entry, before, name)
      if (refusal !== undefined) problems.push({ message: refusal, ...said.placeOf(name) })
      const note = before && section.noteOf?.(name, entry, before)
      if (note) notes.push(inPlace(app, note))
      if (!change) continue
      const wrong = wrongOf(section, change)
      if (wrong) problems.push({ message: wrong.message, ...said.placeOf(name, wrong.field) })
      changes.push(change)
    }
    if (changes.length > 0) acts.push({ section, place, changes })
    planRemovals(said, place, now)
  }

  async function readNow(said: SaidSection, place: SectionPlace) {
    const { section } = said
    try {
      return await section.read(place)
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      problems.push({ message: `${section.name}: ${error.message}`, ...said.placeOf('') })
      return undefined
    }
  }

  function planRemovals(
    { section, entries, app }: SaidSection,
    place: SectionPlace,
    now: Readonly<Record<string, ConfigEntry>>,
  ): void {
    if (section.isSingle) return
    const said = new Set([...entries.keys()].map((name) => shownName(section, name)))
    const others = Object.entries(now).filter(
      ([name, entry]) => !said.has(name) && section.isUnsaid?.(name, entry) !== true,
    )
    if (others.length === 0) return
    if (!prune || section.isKept !== undefined) {
      const why = prune ? section.isKept : 'it is removed with --prune only'
      const names = others.map(([name]) => name).join(', ')
      if (prune || section.isKept === undefined)
        notes.push(inPlace(app, `${section.name} ${names} is not in the file and stays: ${why}.`))
      return
    }
    const changes = others.map(
      ([name, before]): EntryChange => ({
        action: 'remove',
        name,
        before,
        after: {},
        said: {},
        file: {},
      }),
    )
    removals.unshift({ section, place, changes })
  }

  const inOrder = (known: readonly ConfigSection[], app: string): SaidSection[] =>
    known.flatMap((section) =>
      file.sections.filter((said) => said.section === section && said.app === app),
    )

  for (const said of inOrder(sections.before, '')) await planSection(said, false)
  const isNew = (name: string): boolean => !asked.isThere(name)
  // All of them first: one may refer to another.
  for (const { name } of file.apps)
    if (isNew(name)) acts.push({ section: undefined, place: { actor, app: name }, changes: [] })
  for (const { name } of file.apps)
    for (const said of inOrder(sections.ofApps, name)) await planSection(said, isNew(name))
  for (const said of inOrder(sections.after, '')) await planSection(said, false)

  const all = [...acts, ...removals]
  const wrong = problems
    .slice(0, 100)
    .map((problem) => ({ ...problem, message: asked.mask(problem.message) }))
  const changes = all.flatMap((act) => shown(act, asked.mask))
  const digest = createHmac('sha256', asked.digestKey)
    .update(
      stable(all.map(({ section, place, changes: made }) => [section?.name, place.app, made])),
    )
    .digest('hex')
  return {
    acts: all,
    plan: { digest, changes, notes: notes.slice(0, MAX_NOTES), problems: wrong },
  }
}

/** What an app that is not there yet would have. */
const freshOf = (section: ConfigSection): Record<string, ConfigEntry> =>
  section.isSingle ? { '': section.usual } : {}

/** What the file does not say is as usual again. */
const withUsual = (section: ConfigSection, said: ConfigEntry): ConfigEntry => ({
  ...section.usual,
  ...said,
  ...Object.fromEntries(
    (section.partial ?? []).flatMap((field) => {
      const [usual, own] = [section.usual[field], said[field]]
      return isEntry(usual) && isEntry(own) ? [[field, { ...usual, ...own }]] : []
    }),
  ),
})

function changeOf(
  section: ConfigSection,
  name: string,
  before: ConfigEntry,
  entry: ConfigEntry,
): EntryChange | undefined {
  const said: Record<string, unknown> = {}
  const compared = section.comparable?.(entry, before) ?? entry
  for (const [field, value] of Object.entries(compared)) {
    if (section.ignored?.includes(field)) continue
    const old = before[field]
    const wish =
      section.partial?.includes(field) && isEntry(value) && isEntry(old)
        ? { ...old, ...value }
        : value
    if (!isSame(wish, old)) said[field] = wish
  }
  if (Object.keys(said).length === 0) return undefined
  return { action: 'change', name, before, after: { ...before, ...said }, said, file: entry }
}

function creationOf(section: ConfigSection, name: string, entry: ConfigEntry): EntryChange {
  const after = { ...section.usual, ...entry }
  return { action: 'create', name, before: {}, after, said: entry, file: entry }
}

/** Why it cannot be done, as far as that is known beforehand. */
function wrongOf(
  section: ConfigSection,
  { action, said, before }: EntryChange,
): { message: string; field: string | undefined } | undefined {
  if (action === 'create') {
    const missing = section.required?.find((field) => said[field] === undefined)
    return missing === undefined
      ? undefined
      : { message: `A new one needs “${fileName(missing)}”.`, field: undefined }
  }
  const fixed = section.fixed?.find((field) => Object.hasOwn(said, field))
  if (fixed === undefined) return undefined
  const old = String(before[fixed])
  return {
    message: `“${fileName(fixed)}” cannot be changed; it is ${old} and stays so.`,
    field: fileName(fixed),
  }
}

function shown({ section, place, changes }: PlannedActs, mask: (text: string) => string) {
  const app = place.app === '' ? null : place.app
  if (!section)
    return [
      { action: 'create', app, section: 'apps', name: app, fields: [] } satisfies ConfigChange,
    ]
  return changes.map(
    (change): ConfigChange => ({
      action: change.action,
      app,
      section: section.name,
      name: change.name === '' ? null : shownName(section, change.name),
      fields: sayFields(section, change, mask),
    }),
  )
}

const inPlace = (app: string, text: string): string => (app === '' ? text : `${app}: ${text}`)

const shownName = (section: ConfigSection, name: string): string =>
  section.shownName?.(name) ?? name
