import { dollarVariable, nginxPart, nginxText, plainPathClass } from './nginx-text.ts'
import type { HeaderRule } from './static-headers.ts'
import type { Rule } from './static-redirects.ts'

/** Everything that the configuration of a static site depends on. */
export interface SiteConfig {
  /** Answers where no file does, as in single-page apps: /index.html; null for a 404. */
  fallback: string | null
  /** A tool built it, and gave files names by their content. */
  isBuilt: boolean
  redirects: readonly Rule[]
  headers: readonly HeaderRule[]
}

/** Names of files by a digest of their content, as people and most tools write them. */
const HEX_NAME = '[.-](?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{8,64}(?:\\.[a-z0-9]{1,12}){1,3}$'
/** Of Vite, Rollup and esbuild: eight characters, one of them no small letter or hyphen. */
const MIXED_NAME =
  '[.-](?=[a-z-]*[A-Z0-9_])[A-Za-z0-9_-]{8}\\.(?:m?js|css|wasm|woff2?|ttf|png|jpe?g|gif|svg|webp|avif)(?:\\.map)?$'
/** Folders in which tools give every file such a name. */
const HASHED_FOLDERS = '^/(?:_app/immutable|_astro|_next/static|_nuxt(?!/builds/latest))/'

/** A page is never the answer to a script that is not there any more. */
const FILE_ENDING =
  '\\.(?:m?js|css|map|json|xml|txt|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|otf|eot|wasm|webmanifest|mp[34]|webm|pdf|zip)$'

const FOREVER = '"public, max-age=31536000, immutable"'
/** No file can be of this name: hidden files are never copied. */
const NOTHING = '/.nothing'
const ROOT = '/srv/app'
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

/**
 * The whole configuration of the web server of a static site; `@PORT@` and `@WORKERS@` are filled in
 * when it starts. Texts of the source are in it only as literal bytes of a pattern or a quoted value.
 */
export function nginxConfig(site: SiteConfig): string {
  const forced = site.redirects.filter((rule) => rule.forced)
  const other = site.redirects.filter((rule) => !rule.forced)
  return [
    '# Written by Vastrox.',
    'worker_processes @WORKERS@;',
    'daemon off;',
    'pid /tmp/nginx.pid;',
    'error_log stderr warn;',
    'worker_shutdown_timeout 30s;',
    'include /etc/nginx/modules-enabled/*.conf;',
    '',
    'events {',
    '  worker_connections 1024;',
    '}',
    '',
    'http {',
    ...indented([
      ...GENERAL,
      ...map('$request_uri', '$raw_path', [
        ['~^((?:/[^/?\\x5C]+)*/?)(?:[?]|$)', '$1'],
        ['default', '""'],
      ]),
      '# As the visitor wrote it where it has characters that must not reach a header.',
      ...map('$asked', '$asked_path', [
        [`~^${plainPathClass}*$`, '$asked'],
        ['default', '$raw_path'],
      ]),
      ...(site.fallback === null ? [] : fallbackMap(site.fallback)),
      ...cacheMap(site),
      ...rulesOf('forced', forced),
      ...rulesOf('other', other),
      ...headerMaps(site.headers),
      ...server(site, { forced, other }),
    ]),
    '}',
    '',
  ].join('\n')
}

const GENERAL = [
  'include /etc/nginx/mime.types;',
  'types {',
  '  application/javascript mjs;',
  '  application/json map;',
  '  application/manifest+json webmanifest;',
  '  text/markdown md;',
  '  text/vtt vtt;',
  '}',
  'default_type application/octet-stream;',
  'charset utf-8;',
  'charset_types text/css text/plain text/xml text/markdown text/vtt application/javascript',
  '  application/json application/manifest+json application/rss+xml application/atom+xml image/svg+xml;',
  'access_log off;',
  'log_not_found off;',
  'server_tokens off;',
  'sendfile on;',
  'tcp_nopush on;',
  'keepalive_timeout 75s;',
  'keepalive_requests 100000;',
  'absolute_redirect off;',
  ...TEMPORARY.map((name) => `${name}_temp_path /tmp/nginx-${name};`),
  '# Files never change while this runs: the times they have are made from their content.',
  'open_file_cache max=2000 inactive=1h;',
  'open_file_cache_valid 1h;',
  'open_file_cache_errors on;',
  'if_modified_since off;',
  'gzip_static on;',
  'gzip_vary on;',
  'brotli_static on;',
  'uninitialized_variable_warn off;',
  'variables_hash_max_size 4096;',
  'map_hash_bucket_size 256;',
  ...dollarVariable,
]

type Line = readonly [key: string, value: string]

const map = (from: string, to: string, lines: readonly Line[]): string[] => [
  `map ${from} ${to} {`,
  ...lines.map(([key, value]) => `  ${key === 'default' ? key : quoted(key)} ${value};`),
  '}',
]

/** A regular expression of ours: its backslashes stay. */
const quoted = (expression: string): string => `"${expression}"`

const fallbackMap = (fallback: string): string[] =>
  map('$asked', '$fallback', [
    [`~*${FILE_ENDING}`, NOTHING],
    ['default', nginxText(fallback)],
  ])

const cacheMap = ({ isBuilt }: SiteConfig): string[] =>
  map('$uri', '$cache_time', [
    ...(isBuilt ? ([[`~${HASHED_FOLDERS}`, FOREVER]] as const) : []),
    [`~${HEX_NAME}`, FOREVER],
    ...(isBuilt ? ([[`~${MIXED_NAME}`, FOREVER]] as const) : []),
    ['default', '"no-cache"'],
  ])

/** What the first rule that matches does: its status, where it leads, the file that it shows. */
function rulesOf(name: string, rules: readonly Rule[]): string[] {
  if (rules.length === 0) return []
  const targets = (kind: Rule['kind'], asked: 'encoded' | 'decoded'): Line[] =>
    rules.flatMap((rule): Line[] =>
      rule.kind === kind ? [[`~${rule.pattern[asked]}`, `"${rule.target}"`]] : [],
    )
  const has = (kind: Rule['kind']): boolean => rules.some((rule) => rule.kind === kind)
  const file = ['default', NOTHING] as const
  return [
    ...map('$asked_path', `$${name}_status`, [
      ...rules.map((rule): Line => [`~${rule.pattern.encoded}`, String(statusOf(rule))]),
      ['default', '0'],
    ]),
    ...(has('redirect')
      ? map('$asked_path', `$${name}_address`, targets('redirect', 'encoded'))
      : []),
    ...(has('rewrite')
      ? map('$asked', `$${name}_file`, [...targets('rewrite', 'decoded'), file])
      : []),
    ...(has('missing')
      ? map('$asked', `$${name}_page`, [...targets('missing', 'decoded'), file])
      : []),
  ]
}

const statusOf = (rule: Rule): number => (rule.kind === 'rewrite' ? 200 : rule.status)

/** Header of the source → its variable. The last path that matches counts, so it comes first. */
function headerNames(headers: readonly HeaderRule[]): { key: string; name: string }[] {
  const names = new Map<string, string>()
  for (const rule of headers) for (const [key, { name }] of rule.headers) names.set(key, name)
  return [...names]
    .map(([key, name]) => ({ key, name }))
    .filter(({ key }) => key !== 'content-type')
}

function headerMaps(headers: readonly HeaderRule[]): string[] {
  return headerNames(headers).flatMap(({ key }, at) =>
    map('$asked', `$header_${at}`, [
      ...headers.toReversed().flatMap((rule): Line[] => {
        const header = rule.headers.get(key)
        return header ? [[`~${rule.expression}`, nginxText(header.value)]] : []
      }),
      ['default', DEFAULTS[key] ?? '""'],
    ]),
  )
}

const DEFAULTS: Readonly<Record<string, string>> = {
  'cache-control': '$cache_time',
  'x-content-type-options': 'nosniff',
}

function addedHeaders(headers: readonly HeaderRule[]): string[] {
  const names = headerNames(headers)
  const own = names.map(({ key, name }, at) =>
    // A page that is missing is not kept by anybody, whatever its name.
    key === 'cache-control'
      ? `add_header Cache-Control $header_${at};`
      : `add_header ${name} $header_${at} always;`,
  )
  const has = (name: string): boolean => names.some(({ key }) => key === name)
  return [
    ...(has('cache-control') ? [] : ['add_header Cache-Control $cache_time;']),
    ...(has('x-content-type-options') ? [] : ['add_header X-Content-Type-Options nosniff always;']),
    'add_header Last-Modified "";',
    ...own,
  ]
}

function server(
  site: SiteConfig,
  { forced, other }: { forced: readonly Rule[]; other: readonly Rule[] },
): string[] {
  const has = (rules: readonly Rule[], kind: Rule['kind']): boolean =>
    rules.some((rule) => rule.kind === kind)
  const pages = [
    ...(has(forced, 'missing') ? ['$forced_page'] : []),
    ...(has(other, 'missing') ? ['$other_page'] : []),
  ].flatMap((page) => [page, `${page}.html`])
  const found = [
    ...(has(other, 'rewrite') ? ['$other_file', '$other_file.html', '$other_file/index.html'] : []),
    site.fallback === null ? NOTHING : '$fallback',
  ]
  return [
    'server {',
    ...indented([
      'listen @PORT@ default_server;',
      `root ${ROOT};`,
      'set $asked $uri;',
      ...addedHeaders(site.headers),
      '',
      'if ($uri ~ "/\\.(?!well-known(?:/|$))") {',
      '  return 404;',
      '}',
      ...outcomes('forced', forced),
      ...(has(forced, 'rewrite')
        ? ['if ($forced_status = 200) {', '  rewrite ^ $forced_file;', '}']
        : []),
      '',
      ...typedLocations(site.headers),
      'location / {',
      '  try_files $uri $uri.html @missing;',
      '}',
      'location ~ /$ {',
      // Nginx's own.
      '  try_files ${uri}index.html @missing;',
      '}',
      'location @missing {',
      '  if (-f $request_filename/index.html) {',
      '    return 301 $asked_path/$is_args$args;',
      '  }',
      ...indented(outcomes('other', other)),
      `  try_files ${found.join(' ')} =404;`,
      '}',
      'error_page 404 @not-found;',
      ...(site.redirects.some((rule) => rule.kind === 'missing' && rule.status === 410)
        ? ['error_page 410 @not-found;']
        : []),
      'location @not-found {',
      `  try_files ${[...pages, '/404.html'].join(' ')} =404;`,
      '}',
    ]),
    '}',
  ]
}

/** The answers that need no file. */
function outcomes(name: string, rules: readonly Rule[]): string[] {
  const statuses = new Map<number, boolean>()
  for (const rule of rules)
    if (rule.kind !== 'rewrite') statuses.set(rule.status, rule.kind === 'redirect')
  return [...statuses].flatMap(([status, isRedirect]) => [
    `if ($${name}_status = ${status}) {`,
    `  return ${status}${isRedirect ? ` $${name}_address` : ''};`,
    '}',
  ])
}

/** nginx takes a type from the place, not from a variable. */
const typedLocations = (headers: readonly HeaderRule[]): string[] =>
  headers.toReversed().flatMap((rule) => {
    const type = rule.headers.get('content-type')
    if (!type) return []
    return [
      `location ~ ${quoted(rule.expression)} {`,
      '  types {',
      '  }',
      `  default_type "${typePart(type.value)}";`,
      '  try_files $uri $uri.html @missing;',
      '}',
    ]
  })

/** Variables mean nothing there. */
const typePart = (value: string): string => nginxPart(value).replaceAll('${dollar}', '$')

const indented = (lines: readonly string[]): string[] =>
  lines.map((line) => (line === '' ? '' : `  ${line}`))
