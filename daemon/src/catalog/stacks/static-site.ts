import type { SourceTree } from '#ports/stack.ts'
import { type Headers, parseHeaders } from './static-headers.ts'
import { nginxConfig } from './static-nginx.ts'
import { PREPARE_SITE } from './static-prepare.ts'
import { parseRedirects, type Redirects } from './static-redirects.ts'

/** What is served by the static image, whoever built it. */
export interface Site {
  /** Folders below the app's in which it may be; the first with an index.html is taken. */
  folders: readonly string[]
  /** See SiteConfig. */
  fallback: string | null
  isBuilt: boolean
}

export const STATIC_IMAGE = { stack: 'static', version: '1' } as const

/** The command of `web`. */
export const SERVE_SITE = 'sh /etc/vastrox/serve.sh'

const SERVE = `# Starts nginx on the port that it is given, with at most four workers.
set -eu
port=\${PORT:-3000}
case $port in
  '' | *[!0-9]*) echo "PORT is no number: $port" >&2; exit 64 ;;
esac
workers=$(nproc)
[ "$workers" -le 4 ] || workers=4
sed "s/@PORT@/$port/; s/@WORKERS@/$workers/" /etc/vastrox/nginx.conf >/tmp/nginx.conf
exec nginx -c /tmp/nginx.conf
`

const RULES = '_redirects'
const HEADERS = '_headers'
const MAX_TOLD = 10

interface SiteFiles {
  files: Record<string, string>
  /** What of the site's own rules is honoured and what is not, for people. */
  because: string[]
}

/** The files of ours in the context, with the site's `_redirects` and `_headers` worked in. */
export function siteFiles(tree: SourceTree, site: Site, places: readonly string[]): SiteFiles {
  const redirects = rulesIn(tree, places, RULES, parseRedirects)
  const headers = rulesIn(tree, places, HEADERS, parseHeaders)
  const config = nginxConfig({
    fallback: site.fallback,
    isBuilt: site.isBuilt,
    redirects: redirects?.parsed.rules ?? [],
    headers: headers?.parsed.rules ?? [],
  })
  return {
    files: {
      '.vastrox/nginx.conf': config,
      '.vastrox/serve.sh': SERVE,
      '.vastrox/prepare-site.mjs': PREPARE_SITE,
    },
    because: [...told(redirects, 'rule'), ...told(headers, 'path')],
  }
}

interface Found<Parsed> {
  path: string
  parsed: Parsed
}

function rulesIn<Parsed>(
  tree: SourceTree,
  places: readonly string[],
  name: string,
  parse: (text: string) => Parsed,
): Found<Parsed> | undefined {
  for (const place of places) {
    const path = place === '' || place === '.' ? name : `${place}/${name}`
    const text = tree.read(path)
    if (text !== undefined) return { path, parsed: parse(text) }
  }
  return undefined
}

function told(found: Found<Redirects | Headers> | undefined, word: string): string[] {
  if (!found) return []
  const { path, parsed } = found
  const { length } = parsed.rules
  const more = parsed.leftOut.length - MAX_TOLD
  return [
    `${path}: ${length} ${word}${length === 1 ? '' : 's'}`,
    ...parsed.leftOut.slice(0, MAX_TOLD).map((line) => `${path}: ${line}: left out`),
    ...(more > 0 ? [`${path}: ${more} more lines are left out`] : []),
  ]
}

/**
 * The stages behind the build: one that prepares the files, and what runs. `from` is the stage whose
 * /srv/app has the site; null where that is the source itself.
 */
export const siteStages = (
  { folders }: Site,
  { image, from }: { image: string; from: string | null },
): string[] => [
  `FROM ${image} AS site`,
  `RUN ${[
    `--mount=type=bind${from === null ? '' : `,from=${from},source=/srv/app`},target=/srv/app`,
    '--mount=type=cache,id=precompressed,target=/var/cache/precompressed',
    asCommand(['node', '/srv/app/.vastrox/prepare-site.mjs', '/srv/app', '/srv/site', ...folders]),
  ].join(' ')}`,
  '',
  'FROM @RUNTIME:static:1@',
  'COPY .vastrox/nginx.conf .vastrox/serve.sh /etc/vastrox/',
  'COPY --from=site /srv/site /srv/app',
  'WORKDIR /srv/app',
  'USER 1000:1000',
  'STOPSIGNAL SIGQUIT',
]

/** As a list where one of the words could mean more than itself. */
const asCommand = (words: readonly string[]): string =>
  words.every((word) => /^[\w@./-]+$/.test(word)) ? words.join(' ') : JSON.stringify(words)
