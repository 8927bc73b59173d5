import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { placesOf } from '../words/catalogue.ts'
import { wordsOutside } from '../words/find-words.ts'
import { CATALOGUE_FILE, catalogueOfAll, readLanguages, readSources } from '../words/read.ts'

/** What they hold are names, commands, styles and files of others. */
const NO_WORDS = [
  'src/features/account/user-agent.ts',
  'src/features/addons/kind-sign.tsx',
  'src/features/app/push-commands.ts',
  'src/features/files/editor-theme.ts',
  'src/features/files/languages.ts',
  'src/features/uploads/site-file.ts',
]
const lineOf = (code: string, { start }: { start: number }): number =>
  code.slice(0, start).split('\n').length

const SOURCES = readSources()
const CATALOGUE = catalogueOfAll(SOURCES)

describe('what people read', () => {
  it('goes through the catalogue, whatever page it is on', () => {
    const outside = SOURCES.filter(({ file }) => !NO_WORDS.includes(file)).flatMap(
      ({ file, code }) =>
        wordsOutside(code, file).map(
          (node) => `${file}:${lineOf(code, node)} ${code.slice(node.start, node.end).trim()}`,
        ),
    )
    expect(
      outside,
      "Say it with t('…') of #lib/words.ts (dashboard/words/README.md tells how), then run: pnpm words",
    ).toEqual([])
  })

  it('is written where it is said, so that it can be found', () => {
    const unclear = SOURCES.flatMap(({ file, code, unclear: nodes }) =>
      nodes.map((node) => `${file}:${lineOf(code, node)} ${code.slice(node.start, node.end)}`),
    )
    expect(unclear, 't and tn take plain strings, put the rest in as {values}').toEqual([])
  })

  it('is in the catalogue, word for word', () => {
    const written: unknown = JSON.parse(readFileSync(CATALOGUE_FILE, 'utf8'))
    expect(written, 'Texts have changed: run `pnpm words`, and commit what it writes').toEqual(
      CATALOGUE,
    )
  })
})

describe('text that nobody marked', () => {
  it.each([
    ['between tags', 'const a = <p>Nothing yet</p>'],
    ['beside a value', 'const a = <p>{n} left</p>'],
    ['of a label that only a screen reader says', 'const a = <button aria-label="Close" />'],
    ['of a choice', "const a = <p>{busy ? 'saving' : 'save'}</p>"],
    ['of a field', "const a = { label: 'off' }"],
    ['of a template', 'const a = `Remove ${name}?`'],
    ['by a number', "const a = `${n} ${n === 1 ? 'day' : 'days'}`"],
    ['told in passing', "toast.good('saved')"],
    ['of a rule of a form', "z.string().min(1, 'Give it a name.')"],
    ['of a function that says something', "const sayIt = () => 'now'"],
  ])('%s is found', (_, code) => {
    expect(wordsOutside(code, 'a.tsx')).not.toEqual([])
  })

  it.each([
    ['goes through the catalogue', "const a = <p>{t('Nothing yet')}</p>"],
    ['is a command', 'const a = <code>git push</code>'],
    ['names classes', 'const a = <p className="flex items-center" />'],
    ['is compared with', "const a = state === 'Not found'"],
    ['is a host', 'const a = <input placeholder="logs.example.com:6514" />'],
  ])('is none where it %s', (_, code) => {
    expect(wordsOutside(code, 'a.tsx')).toEqual([])
  })
})

/** Below this a language says too much in English. */
const LEAST_SHARE = 0.95

describe.each(readLanguages())('the language of $file', ({ sayings }) => {
  it('says nearly everything, and nothing that is said no more', () => {
    const all = Object.keys(CATALOGUE)
    expect(all.filter((key) => key in sayings).length / all.length).toBeGreaterThan(LEAST_SHARE)
    const old = Object.keys(sayings).filter((key) => !(key in CATALOGUE))
    expect(old, 'These are said no more: run `pnpm words`').toEqual([])
  })

  it('fills in the same places', () => {
    const wrong = Object.entries(sayings).flatMap(([key, said]) =>
      Object.entries(typeof said === 'string' ? { other: said } : said)
        .filter(([, each]) => placesOf(each).join() !== placesOf(key).join())
        .filter(([form, each]) => form !== 'one' || !isOfOne(key, each))
        .map(([, each]) => `${key} → ${each}`),
    )
    expect(wrong).toEqual([])
  })

  it('has a form for each kind of number', () => {
    const plain = Object.entries(CATALOGUE)
      .filter(([key, english]) => typeof english !== typeof (sayings[key] ?? english))
      .map(([key]) => key)
    expect(plain).toEqual([])
  })
})

/** "one file" needs no number. */
const isOfOne = (key: string, said: string): boolean =>
  placesOf(key)
    .filter((place) => place !== '{count}')
    .join() ===
  placesOf(said)
    .filter((place) => place !== '{count}')
    .join()
