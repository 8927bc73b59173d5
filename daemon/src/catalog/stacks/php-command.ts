import type { SourceTree, Wishes } from '#ports/stack.ts'
import { parseProcfile } from './procfile.ts'

/** The command that serves the app: nginx and php-fpm, started by a script of ours. */
export const PHP_SERVER = 'php-server'

/** Ours, or as in `vendor/bin/heroku-php-nginx -C nginx.conf public/`. */
const SERVER =
  /(^|[\s;&|(])((?:(?:\$\(composer config bin-dir\)\/|(?:\.\/)?vendor\/(?:heroku\/heroku-buildpack-php\/)?bin\/)?heroku-(?:php|hhvm)-(apache2|nginx)|php-server)((?:[ \t]+[^\s;&|<>()]+)*))/
const WITH_VALUE = new Set(['-C', '-F', '-i', '-l', '-p', '-t'])

/** What a command line that serves the app says about how. */
export interface ServerWish {
  /** The command with ours in place of another's. */
  command: string
  documentRoot: string | undefined
  /** Of the server block of nginx, in place of our own rules for `/`. */
  nginxFile: string | undefined
  poolFile: string | undefined
  iniFile: string | undefined
  /** Names of files that are given and not used. */
  notUsed: string[]
}

/** Replaces the servers that Heroku's PHP support brings by ours; undefined: the command has none. */
export function readServerCommand(command: string): ServerWish | undefined {
  const [whole, before = '', , kind, rest = ''] = SERVER.exec(command) ?? []
  if (whole === undefined) return undefined
  const wish: ServerWish = {
    command: command.replace(whole, () => `${before}${PHP_SERVER}`),
    documentRoot: undefined,
    nginxFile: undefined,
    poolFile: undefined,
    iniFile: undefined,
    notUsed: [],
  }
  const words = rest
    .trim()
    .split(/[ \t]+/)
    .values()
  for (const word of words) {
    if (word !== '' && !word.startsWith('-')) {
      wish.documentRoot = word.replace(/^(?:\.?\/)+|\/+$/g, '')
      continue
    }
    const value = WITH_VALUE.has(word) ? words.next().value : undefined
    if (value === undefined) continue
    if (word === '-C' && kind !== 'apache2') wish.nginxFile = value
    else if (word === '-F') wish.poolFile = value
    else if (word === '-i') wish.iniFile = value
    else if (word === '-C') wish.notUsed.push(`${value} (a configuration of Apache)`)
  }
  return wish
}

/** What the settings, vastrox.json or the Procfile say about `web`; undefined where it is ours to decide. */
export function webCommandOf(tree: SourceTree, wishes: Wishes): string | undefined {
  if (wishes.startCommand !== null) return wishes.startCommand
  const named = wishes.processes?.['web']?.command
  if (named !== undefined) return named
  const text = tree.read('Procfile')
  return text === undefined ? undefined : parseProcfile(text).processes['web']
}

export const replaceServer = (command: string): string =>
  readServerCommand(command)?.command ?? command
