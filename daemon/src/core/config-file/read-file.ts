import { CONFIG_VERSION, type ConfigProblem } from '@vastrox/shared/config-file.ts'
import { AppName } from '@vastrox/shared/app.ts'
import { type ConfigEntry, isEntry } from '@vastrox/shared/config-shape.ts'
import type { z } from 'zod'
import { fillIn } from '#core/config-file/fill-in.ts'
import type { ConfigSection } from '#core/config-file/section.ts'
import type { Sections } from '#core/config-file/sections.ts'
import type { ConfigText, TextPlace } from '#ports/config-text.ts'

/** What a file says of one section in one place. */
export interface SaidSection {
  section: ConfigSection
  /** Empty for what is of the team. */
  app: string
  /** By name; of a single one the name is empty. */
  entries: ReadonlyMap<string, ConfigEntry>
  placeOf(name: string, field?: string): TextPlace
}

export interface SaidFile {
  apps: readonly { name: string; place: TextPlace }[]
  sections: readonly SaidSection[]
  problems: readonly ConfigProblem[]
}

const MAX_PROBLEMS = 50
const MAX_APPS = 1_000
const MAX_ENTRIES = 2_000

/** Reads the text against the sections there are; what is wrong is said with where it stands. */
export async function readFile(
  yaml: ConfigText,
  sections: Sections,
  text: string,
  values: Readonly<Record<string, string>>,
): Promise<SaidFile> {
  const read = await yaml.read(text)
  if ('problems' in read) return { apps: [], sections: [], problems: read.problems }
  const placeOf = (path: readonly PropertyKey[]): TextPlace => read.placeOf(path)
  const { value: root, missing } = fillIn(read.value, values)
  const problems: ConfigProblem[] = []
  const say = (message: string, path: readonly PropertyKey[]): void => {
    problems.push({ message, ...placeOf(path) })
  }
  for (const { name, path } of missing)
    say(`There is no value for \${${name}}: give one, or write $\${${name}} for the letters.`, path)

  const said: SaidSection[] = []
  const apps: { name: string; place: TextPlace }[] = []

  function readSection(section: ConfigSection, app: string, value: unknown, path: string[]): void {
    const found = new Map<string, ConfigEntry>()
    const read = (name: string, given: unknown, at: string[]): void => {
      const entry = section.shape.schema.safeParse(given)
      if (entry.success) found.set(name, entry.data)
      else sayIssues(entry.error, at)
    }
    if (section.isSingle) read('', value, path)
    else if (value !== null && !isEntry(value))
      say(`${section.name} are written by their names.`, path)
    else {
      const entries = Object.entries(value ?? {})
      if (entries.length > MAX_ENTRIES) say(`At most ${MAX_ENTRIES} of them.`, path)
      for (const [name, given] of entries.slice(0, MAX_ENTRIES)) {
        const known = section.names?.safeParse(name)
        if (known && !known.success) sayIssues(known.error, [...path, name])
        else read(known?.data ?? name, given, [...path, name])
      }
    }
    said.push({
      section,
      app,
      entries: found,
      placeOf: (name, field) =>
        placeOf([...path, ...(section.isSingle ? [] : [name]), ...(field ? [field] : [])]),
    })
  }

  function sayIssues({ issues }: z.ZodError, path: readonly PropertyKey[]): void {
    for (const issue of issues)
      if (issue.code === 'unrecognized_keys')
        for (const key of issue.keys) say(unknownKey(key), [...path, ...issue.path, key])
      else say(issue.message, [...path, ...issue.path])
  }

  function readAll(
    known: readonly ConfigSection[],
    app: string,
    given: ConfigEntry,
    path: string[],
  ) {
    for (const [key, value] of Object.entries(given)) {
      const section = known.find(({ name }) => name === key)
      if (section) readSection(section, app, value, [...path, key])
      else say(unknownKey(key), [...path, key])
    }
  }

  if (!isEntry(root)) say('The file begins with `vastrox: 1`.', [])
  else {
    const { vastrox, apps: ofApps, ...others } = root
    if (vastrox !== CONFIG_VERSION)
      say(
        vastrox === undefined
          ? `The file says for which version it is: \`vastrox: ${CONFIG_VERSION}\`.`
          : `This Vastrox reads version ${CONFIG_VERSION} of the file.`,
        ['vastrox'],
      )
    readAll(sections.ofTeam, '', others, [])
    if (ofApps !== undefined && ofApps !== null && !isEntry(ofApps))
      say('Apps are written by their names.', ['apps'])
    const named = isEntry(ofApps) ? Object.entries(ofApps) : []
    if (named.length > MAX_APPS) say(`At most ${MAX_APPS} apps.`, ['apps'])
    for (const [name, given] of named.slice(0, MAX_APPS)) {
      const path = ['apps', name]
      const known = AppName.safeParse(name)
      if (!known.success) sayIssues(known.error, path)
      else if (given !== null && !isEntry(given)) say('Settings of an app, by name.', path)
      else {
        apps.push({ name, place: placeOf(path) })
        readAll(sections.ofApps, name, isEntry(given) ? given : {}, path)
      }
    }
  }
  return { apps, sections: said, problems: problems.slice(0, MAX_PROBLEMS) }
}

const unknownKey = (key: string): string => `“${key}” is not known here.`
