import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type Catalogue, catalogueOf, type Said, saidIn } from './catalogue.ts'

const DASHBOARD = join(import.meta.dirname, '..')

export const CATALOGUE_FILE = join(import.meta.dirname, 'catalogue.json')

export interface SourceFile extends Said {
  file: string
  code: string
}

/** What all files of the dashboard say. */
export function readSources(): SourceFile[] {
  return globSync('src/**/*.{ts,tsx}', { cwd: DASHBOARD })
    .filter((file) => !/\.test\.tsx?$/.test(file))
    .toSorted()
    .map((file) => {
      const code = readFileSync(join(DASHBOARD, file), 'utf8')
      return { file, code, ...saidIn(code, file) }
    })
}

export const catalogueOfAll = (sources: readonly SourceFile[]): Catalogue =>
  catalogueOf(sources.flatMap(({ entries }) => entries))

const Sayings = z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())]))
type Sayings = z.infer<typeof Sayings>

/** The languages beside English, as translators have written them. */
export const readLanguages = (): { file: string; sayings: Sayings }[] =>
  globSync('??.json', { cwd: import.meta.dirname }).map((name) => {
    const file = join(import.meta.dirname, name)
    return { file, sayings: Sayings.parse(JSON.parse(readFileSync(file, 'utf8'))) }
  })
