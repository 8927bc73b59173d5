import { writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { CATALOGUE_FILE, catalogueOfAll, readLanguages, readSources } from './read.ts'

/** Writes the catalogue anew, takes out of each language what is said no more, and tells what it lacks. */
const catalogue = catalogueOfAll(readSources())
const keys = Object.keys(catalogue)
const write = (file: string, what: object) =>
  writeFileSync(file, `${JSON.stringify(what, undefined, 2)}\n`)

write(CATALOGUE_FILE, catalogue)
console.info(`catalogue.json: ${keys.length} texts`)

for (const { file, sayings } of readLanguages()) {
  const missing = keys.filter((key) => !(key in sayings))
  write(
    file,
    Object.fromEntries(
      keys.flatMap((key) => {
        const said = sayings[key]
        return said === undefined ? [] : [[key, said]]
      }),
    ),
  )
  console.info([`${basename(file)}: ${missing.length} to be translated`, ...missing].join('\n  '))
}
