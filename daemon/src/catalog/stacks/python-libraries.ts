import type { SourceTree } from '#ports/stack.ts'

/** What of Debian an app needs beyond Python itself. */
export interface Libraries {
  /** For the image that runs. */
  runtime: string[]
  /** For the build, beyond what its image has. */
  build: string[]
  because: string[]
}

interface Need {
  names: readonly string[]
  /** Packages that bring the library with them, so that nothing is needed. */
  unless?: readonly string[]
  runtime: readonly string[]
  build?: readonly string[]
}

/** By version of Python, which decides the suite: where Debian's name of a library has a number. */
const NUMBERED: Record<string, Record<string, string>> = {
  ldap: { '3.13': 'libldap2', '3.11': 'libldap-2.5-0', '3.9': 'libldap-2.4-2' },
  gdal: { '3.13': 'libgdal36', '3.11': 'libgdal32', '3.9': 'libgdal28' },
}

const NEEDS: readonly Need[] = [
  { names: ['psycopg2', 'psycopg-c', 'pygresql', 'asyncpg-listen'], runtime: ['libpq5'] },
  {
    names: ['psycopg'],
    unless: ['psycopg-binary', 'psycopg[binary]'],
    runtime: ['libpq5'],
  },
  { names: ['mysqlclient', 'mariadb'], runtime: ['libmariadb3'] },
  { names: ['python-magic'], unless: ['python-magic-bin'], runtime: ['libmagic1'] },
  {
    names: ['python-ldap', 'django-auth-ldap'],
    runtime: ['ldap'],
    build: ['libldap2-dev', 'libsasl2-dev'],
  },
  {
    names: ['weasyprint', 'django-weasyprint'],
    runtime: ['libpango-1.0-0', 'libpangoft2-1.0-0', 'libharfbuzz-subset0', 'fonts-dejavu-core'],
  },
  { names: ['cairosvg', 'cairocffi'], runtime: ['libcairo2'] },
  { names: ['pycairo', 'rlpycairo'], runtime: ['libcairo2'], build: ['libcairo2-dev'] },
  { names: ['opencv-python', 'opencv-contrib-python'], runtime: ['libgl1', 'libglib2.0-0'] },
  {
    names: ['opencv-python-headless', 'opencv-contrib-python-headless'],
    runtime: ['libglib2.0-0'],
  },
  { names: ['pydub', 'ffmpeg-python', 'openai-whisper', 'ffmpy'], runtime: ['ffmpeg'] },
  { names: ['pdf2image'], runtime: ['poppler-utils'] },
  { names: ['pytesseract'], runtime: ['tesseract-ocr'] },
  { names: ['pyzbar'], runtime: ['libzbar0'] },
  { names: ['graphviz', 'pydot'], runtime: ['graphviz'] },
  { names: ['pygraphviz'], runtime: ['graphviz', 'libgraphviz-dev'], build: ['libgraphviz-dev'] },
  { names: ['pyodbc', 'aioodbc', 'mssql-django'], runtime: ['unixodbc'], build: ['unixodbc-dev'] },
  { names: ['pyenchant'], runtime: ['libenchant-2-2'] },
  {
    names: ['xmlsec', 'python3-saml'],
    runtime: ['libxmlsec1-openssl'],
    build: ['libxmlsec1-dev', 'libxml2-dev'],
  },
  { names: ['pycurl'], runtime: ['libcurl4'], build: ['libcurl4-openssl-dev'] },
  { names: ['pylibmc'], runtime: ['libmemcached11'], build: ['libmemcached-dev'] },
  { names: ['leveldb', 'plyvel'], runtime: ['libleveldb1d'], build: ['libleveldb-dev'] },
  { names: ['gitpython'], runtime: ['git'] },
]

const GEODJANGO: Need = { names: [], runtime: ['gdal', 'binutils'] }
const APT_NAME = /^[a-z0-9][a-z0-9.+-]{0,100}(?::[a-z0-9]{1,20})?$/
const MAX_APTFILE_LINES = 100

/** Debian's packages for the packages of PyPI that are installed, and those that an Aptfile names. */
export function chooseLibraries(
  tree: SourceTree,
  names: ReadonlySet<string>,
  { version, usesGeoDjango }: { version: string; usesGeoDjango: boolean },
): Libraries {
  const runtime = new Set<string>()
  const build = new Set<string>()
  const because: string[] = []
  // Python of a registry is on the suite of the newest.
  const named = (name: string): string =>
    NUMBERED[name]?.[version] ?? NUMBERED[name]?.['3.13'] ?? name
  const take = ({ runtime: some, build: more = [] }: Need, why: string): void => {
    for (const name of some) runtime.add(named(name))
    for (const name of more) build.add(named(name))
    because.push(`${some.map(named).join(', ')} of Debian: ${why}`)
  }
  for (const need of NEEDS) {
    const name = need.names.find((one) => names.has(one))
    if (name !== undefined && !need.unless?.some((one) => names.has(one))) take(need, `for ${name}`)
  }
  if (usesGeoDjango) take(GEODJANGO, 'for django.contrib.gis')
  const written = aptfile(tree)
  if (written.length > 0)
    take({ names: [], runtime: written, build: written }, 'named in the Aptfile')
  return { runtime: [...runtime].toSorted(), build: [...build].toSorted(), because }
}

/** Heroku's list of Debian packages: one name a line. Addresses and repositories are not taken. */
const aptfile = (tree: SourceTree): string[] =>
  (tree.read('Aptfile') ?? '')
    .split(/\r?\n/)
    .slice(0, MAX_APTFILE_LINES)
    .map((line) => line.trim())
    .filter((line) => APT_NAME.test(line))
