import type { SourceTree, Wishes } from '#ports/stack.ts'
import type { Composer } from './php-composer.ts'
import type { Command } from './processes.ts'

/** A source as the rules about frameworks see it. */
export interface PhpSource {
  tree: SourceTree
  composer: Composer | undefined
}

/** What is known about a framework or an application that many people run. */
export interface Framework {
  title: string
  /** The file or package that gives it away; undefined: it is not this one. */
  detect(source: PhpSource): string | undefined
  /** Relative to the root, '' for the root itself; undefined: the general rule. */
  documentRoot?(source: PhpSource): string | undefined
  /** In the document root, given everything that is no file; null: there is none. */
  frontController: string | null
  /** Lines of its own in the server block of nginx. */
  locations?: readonly string[]
  /** The code changes while it runs: PHP looks again whether a file is new. */
  changesItself?: boolean
  extensions?: readonly string[]
  /** Folders that it writes to, made where the source does not have them. */
  folders?: readonly string[]
  /** Symbolic link → what it leads to, made where the source has nothing of that name. */
  links?: Readonly<Record<string, string>>
  env?: Readonly<Record<string, string>>
  /** Lines of a shell script, run in the image after the code is in it, as the app's user. */
  build?(source: PhpSource): string[]
  /** Lines of a shell script, run by php-server before it serves. */
  beforeStart?(source: PhpSource): string[]
  /** Run once before a release goes live, where the app has what it needs. */
  release?(source: PhpSource, wishes: Wishes): Command | undefined
  /** Files of ours that are put into the app's folder. */
  files?(source: PhpSource, wishes: Wishes): Record<string, string>
  /** A version that it needs where nothing else says one. */
  phpVersion?(source: PhpSource): { version: string; because: string } | undefined
  /** What is missing or worth knowing. */
  notes?(source: PhpSource, wishes: Wishes): string[]
  /** What could be done besides. */
  advice?(source: PhpSource, wishes: Wishes): string[]
}

const DATABASE_KEYS = [
  'DATABASE_URL',
  'DB_URL',
  'DB_HOST',
  'DB_CONNECTION',
  'DB_DATABASE',
  'MYSQL_URL',
  'MARIADB_URL',
  'POSTGRES_URL',
]

/** The env variable that says that the app has a database; undefined where none does. */
export const databaseKey = ({ envKeys }: Wishes): string | undefined =>
  DATABASE_KEYS.find((key) => envKeys.includes(key))
