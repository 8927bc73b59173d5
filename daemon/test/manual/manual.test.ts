import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppSettings } from '@vastrox/shared/app.ts'
import { BuildSettings } from '@vastrox/shared/build-settings.ts'
import { describe, expect, it } from 'vitest'
import { type Command, UsageError } from '#commands/command.ts'
import { findCommand } from '#commands/find-command.ts'
import { resetUserCommand } from '#commands/people-commands.ts'
import { platformRestoreCommand } from '#commands/platform-commands.ts'
import { parseWords } from '#commands/run-command.ts'
import { secretCommands } from '#commands/secret-commands.ts'
import { commands } from '#commands/table.ts'
import { commandsPage } from '#test/manual/commands-page.ts'
import {
  documents,
  inlineCode,
  type Mention,
  ROOT,
  shellLines,
  wordsBehindVastrox,
  wordsOf,
} from '#test/manual/documents.ts'

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

/** Commands that work with the daemon dead, as agent/src/cli/main.ts lists them. */
const local = [
  ...read('agent/src/cli/main.ts').matchAll(/usage: '([^']+)',\s*summary: '([^']+)'/g),
].map(([, usage = '', summary = '']) => ({ usage, summary }))
/** Only the words of its commands are looked at. */
const never = (): never => {
  throw new Error('no command is run here')
}
const NOBODY = { start: never, stop: never, status: never, rotate: never, untilDone: never }
const ofRoot: Command[] = [
  resetUserCommand,
  ...secretCommands(NOBODY),
  platformRestoreCommand({ finish: never }),
]
const everyCommand = [...commands, ...ofRoot]

describe('the page of commands', () => {
  it('is that of the command table: `pnpm client` makes it anew', async () => {
    const rootOnly = ofRoot
      .filter(({ name }) => name !== 'restore:finish')
      .map(({ name, usage, summary }) => ({ usage: `${name} ${usage}`.trimEnd(), summary }))

    expect(local.length).toBeGreaterThan(8)
    await expect(commandsPage(commands, local, rootOnly)).toMatchFileSnapshot(
      join(ROOT, 'docs/COMMANDS.md'),
    )
  })
})

describe('what the documents name is there:', () => {
  const files = documents().filter((file) => file !== 'docs/COMMANDS.md')

  it('commands, with their flags and as many words as they take', () => {
    const typed = files.flatMap((file) => [
      ...shellLines(file).flatMap(asTyped),
      ...inlineCode(file).flatMap(asTyped),
    ])
    expect(typed.length).toBeGreaterThan(150)
    expect(typed.flatMap(complaintOf)).toEqual([])
  })

  it('and a command that is not, a wrong flag or a word too many is found', () => {
    const wrong = [
      'vastrox apps:make shop',
      'sudo vastrox logs shop --fast',
      'ssh -t -p 2222 vastrox@example.com apps:info shop other',
      'tar c . | vastrox doctor --deep',
    ]
    expect(
      wrong.flatMap((text) => asTyped({ file: 'X.md', line: 1, text })).flatMap(complaintOf),
    ).toHaveLength(wrong.length)
  })

  it('commands without `vastrox` before them', () => {
    const nouns = new Set(everyCommand.map(({ name }) => name.split(':')[0]))
    const named = files
      .flatMap(inlineCode)
      .filter(({ text }) => /^[a-z-]+:[a-z-]+( |$)/.test(text))
      .filter(({ text }) => nouns.has(text.split(':')[0]))
    expect(named.length).toBeGreaterThan(30)
    expect(
      named.flatMap((mention) => complaintOf({ ...mention, words: wordsOf(mention.text) })),
    ).toEqual([])
  })

  it('settings of apps and of their builds', () => {
    const known: Record<string, object> = {
      'settings:set': AppSettings.shape,
      'build:set': BuildSettings.shape,
    }
    const given = files
      .flatMap((file) => [...shellLines(file), ...inlineCode(file)])
      .flatMap(asTyped)
      .flatMap(({ file, line, words: [name = '', , ...settings] }) =>
        settings.map((each) => ({ file, line, name, key: each.split('=')[0] ?? '' })),
      )
      .filter(({ name }) => known[name] !== undefined)
    expect(given.length).toBeGreaterThan(12)
    expect(given.filter(({ name, key }) => !Object.hasOwn(known[name] ?? {}, key))).toEqual([])
  })

  it('flags of install.sh', () => {
    const known = read('agent/src/cli/install/options.ts')
    const named = files.flatMap((file) =>
      [...shellLines(file), ...inlineCode(file)]
        .filter(({ text }) => text.includes('install.sh'))
        .flatMap((mention) => flagsIn(mention.text).map((flag) => ({ ...mention, flag }))),
    )
    expect(named.length).toBeGreaterThan(8)
    expect(
      named.filter(({ flag }) => flag !== 'help' && !new RegExp(`['\\s]${flag}'?: {`).test(known)),
    ).toEqual([])
  })

  it('addresses of the API', () => {
    const paths = [
      ...read('shared/src/client/api-types.ts').matchAll(/^ {2}'(\/[^']*)': \{$/gm),
    ].map(([, path = '']) => path)
    const known = paths.map((path) => new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`))
    const named = files.flatMap((file) =>
      read(file)
        .split('\n')
        .flatMap((text, at) =>
          [...text.matchAll(/(?:\/api\/v1|\$API)(\/[A-Za-z0-9/{}<>$._-]+)/g)].map(
            ([, path = '']) => ({
              file,
              line: at + 1,
              path: path.replace(/[.]$/, '').replace(/\/$/, ''),
            }),
          ),
        ),
    )
    expect(named.length).toBeGreaterThan(15)
    expect(
      named.filter(({ path }) => !known.some((each) => each.test(path)) && !isPlatform(path)),
    ).toEqual([])
  })

  it('environment variables', () => {
    const sources = [
      'install.sh',
      'test.sh',
      ...globSync(['{agent,daemon,shared}/src/**/*.ts', 'e2e/specs/*.ts'], { cwd: ROOT }),
    ]
      .filter((file) => !file.endsWith('.test.ts'))
      .map(read)
      .join('\n')
    const flags = read('agent/src/cli/install/options.ts')
    const named = files.flatMap((file) =>
      [...read(file).matchAll(/\bVASTROX_[A-Z_]+\b/g)]
        .map(([name]) => name)
        .filter((name) => !name.endsWith('_'))
        .map((name) => ({ file, name })),
    )
    expect(named.length).toBeGreaterThan(5)
    expect(
      named.filter(
        ({ name }) =>
          !sources.includes(name) &&
          !flags.includes(`'${name.replace('VASTROX_', '').toLowerCase().replaceAll('_', '-')}'`),
      ),
    ).toEqual([])
  })

  it('files of the repository', () => {
    const named = files.flatMap((file) =>
      inlineCode(file)
        .map(({ text }) => text)
        .filter((text) =>
          /^(?:daemon|agent|shared|dashboard|e2e|docs|examples)\/[\w./-]+$/.test(text),
        )
        .map((path) => ({ file, path })),
    )
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter(({ path }) => !isFile(path))).toEqual([])
  })
})

/** Records of decisions are named by their number. */
const isFile = (path: string): boolean =>
  existsSync(join(ROOT, path)) ||
  (/^docs\/decisions\/\d{4}$/.test(path) && globSync(`${path}-*.md`, { cwd: ROOT }).length === 1)

interface Typed extends Mention {
  words: string[]
}

function asTyped(mention: Mention): Typed[] {
  const words = wordsBehindVastrox(mention.text)
  return words === undefined || words.length === 0 ? [] : [{ ...mention, words }]
}

/** Nothing where the command would be understood. A bare name, and what goes on with an ellipsis, is a mention. */
function complaintOf({ file, line, text, words }: Typed): string[] {
  const say = (what: string): string[] => [`${file}:${line} ${what}: ${text}`]
  const [name = '', ...rest] = words
  if (['help', '…', '<command>', '--help'].includes(name)) return []
  const here = local.filter(({ usage }) => usage.split(' ')[0] === name)
  const flags = flagsIn(words.join(' '))
  if (
    here.length > 0 &&
    flags.every((flag) => here.some(({ usage }) => usage.includes(`--${flag}`)))
  )
    return []
  const elsewhere = LOCAL_WITH_WORDS[name]
  if (elsewhere && flags.every((flag) => read(elsewhere).includes(flag))) return []
  const found = findCommand(everyCommand, words)
  if (!found) return say('no such command')
  if (rest.length === 0 || /[…]|\.\.\./.test(words.join(' '))) return []
  try {
    parseWords(found.command, found.rest)
    return []
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return say(error.message)
  }
}

/** They say in their own file what they take. */
const LOCAL_WITH_WORDS: Record<string, string> = {
  registry: 'agent/src/cli/commands/registry.ts',
  logs: 'agent/src/cli/commands/platform-logs.ts',
  destinations: 'agent/src/cli/commands/destinations.ts',
}

const flagsIn = (text: string): string[] =>
  [...text.matchAll(/(?:^|\s)--([a-z][a-z-]*)/g)].map(([, flag = '']) => flag)

/** What no client has: the document is of what it has. */
const isPlatform = (path: string): boolean => ['/openapi.json', '/hooks'].includes(path)
