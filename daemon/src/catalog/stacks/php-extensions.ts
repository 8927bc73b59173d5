import { CodedError } from '@vastrox/shared/errors.ts'
import type { Composer } from './php-composer.ts'
import { plainText } from './plain-text.ts'

const MAX_EXTENSIONS = 60

/** Part of PHP as Debian builds it, or of the packages that every image of ours has. */
const INCLUDED = new Set(
  (
    'core ctype calendar date dom exif ffi fileinfo filter ftp gettext hash iconv json libxml openssl ' +
    'pcntl pcre pdo phar posix random readline reflection session shmop simplexml sockets sodium spl ' +
    'standard sysvmsg sysvsem sysvshm tokenizer xml xmlreader xmlwriter xsl zlib ' +
    'bcmath curl igbinary mbstring mysqli mysqlnd opcache pdo_mysql pdo_pgsql pdo_sqlite pgsql redis ' +
    'sqlite3 zip'
  ).split(' '),
)

/** Packages of PHP's own source, named by the version in every release of Debian. */
const OWN = new Set(
  'bz2 dba enchant gd gmp imap interbase intl ldap odbc pspell snmp soap sybase tidy'.split(' '),
)

/** Packages from PECL. */
const PECL = new Set(
  (
    'amqp apcu ast ds excimer gearman gmagick gnupg http imagick inotify mailparse maxminddb mcrypt ' +
    'memcache memcached mongodb msgpack oauth pcov pq ps psr raphf rrd smbclient solr ssh2 stomp uopz ' +
    'uploadprogress uuid xdebug xmlrpc yac yaml zmq zstd'
  ).split(' '),
)

/** Those that some Debian release does not have. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  excimer: ['8.4', '7.4'],
  imap: ['8.2', '7.4'],
  inotify: ['8.4'],
  maxminddb: ['8.4', '8.2'],
  mcrypt: ['8.4', '8.2'],
  pq: ['8.4'],
  smbclient: ['8.4'],
  zstd: ['8.4'],
}

/** Extensions that come in a package of another name. */
const IN_PACKAGE: Readonly<Record<string, string>> = {
  pdo_dblib: 'sybase',
  pdo_firebird: 'interbase',
  pdo_odbc: 'odbc',
}

export interface Extensions {
  /** Debian packages that the app's image gets. */
  packages: string[]
  /** The extensions that are in them. */
  names: string[]
  because: string[]
}

/**
 * The Debian packages of the extensions that the project or one of its locked packages requires, and
 * of those that its framework wants. Throws STACK_NOT_DETECTED where one cannot be had.
 */
export function chooseExtensions(
  composer: Composer | undefined,
  version: string,
  wantedByFramework: readonly string[],
): Extensions {
  const wanted = new Map<string, string>()
  for (const name of wantedByFramework) wanted.set(name, '')
  for (const [name, where] of requiredBy(composer)) wanted.set(name, where)
  const given = givenBy(composer)

  const found = new Map<string, string>()
  const unknown: string[] = []
  for (const [name, where] of [...wanted].slice(0, MAX_EXTENSIONS)) {
    if (INCLUDED.has(name) || given.has(name)) continue
    const packageName = packageOf(name, version)
    if (packageName !== undefined) found.set(packageName, name)
    else unknown.push(where === '' ? name : `${name} (${where})`)
  }
  if (unknown.length > 0) throw notThere(unknown, version)
  const names = [...found.values()].toSorted()
  return {
    packages: [...found.keys()].toSorted(),
    names,
    because: names.length === 0 ? [] : [`extensions: ${names.join(', ')}`],
  }
}

/** Extension → who wants it. */
function* requiredBy(composer: Composer | undefined): Generator<[name: string, where: string]> {
  for (const key of Object.keys(composer?.require ?? {}))
    if (isExtension(key)) yield [nameOf(key), 'composer.json']
  for (const { name, require } of composer?.locked ?? [])
    for (const key of Object.keys(require)) if (isExtension(key)) yield [nameOf(key), name]
}

/** Stood in for by a package, or by the word of config.platform. */
function givenBy(composer: Composer | undefined): Set<string> {
  if (!composer) return new Set()
  const given = [composer, ...(composer.locked ?? [])].flatMap(({ provide, replace }) => [
    ...Object.keys(provide),
    ...Object.keys(replace),
  ])
  const said = Object.entries(composer.config.platform).flatMap(([key, value]) =>
    value === false ? [] : [key],
  )
  return new Set([...given, ...said].filter(isExtension).map(nameOf))
}

const isExtension = (key: string): boolean => key.toLowerCase().startsWith('ext-')

const nameOf = (key: string): string =>
  key
    .toLowerCase()
    .slice('ext-'.length)
    .replace(/^zend[- ]?opcache$/, 'opcache')

function packageOf(name: string, version: string): string | undefined {
  const inPackage = Object.hasOwn(IN_PACKAGE, name) ? IN_PACKAGE[name] : undefined
  const short = inPackage ?? name
  const only = Object.hasOwn(ONLY, short) ? ONLY[short] : undefined
  if (only && !only.includes(version)) return undefined
  if (OWN.has(short)) return `php${version}-${short}`
  if (!PECL.has(short)) return undefined
  // Debian 11 names what is not of PHP's own source without its version.
  return version === '7.4' && short !== 'xmlrpc' ? `php-${short}` : `php${version}-${short}`
}

const notThere = (names: readonly string[], version: string): CodedError =>
  new CodedError('STACK_NOT_DETECTED', {
    reason: plainText(
      `Debian has no package for what is required of PHP ${version}: ext-${names.join(', ext-')}. ` +
        'Do without it, name it in config.platform of composer.json, or bring a Dockerfile.',
    ),
  })
