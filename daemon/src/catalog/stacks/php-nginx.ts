import { nginxLiteral } from './nginx-text.ts'
import type { Htaccess } from './php-htaccess.ts'

/** Everything that the configuration of the web server of a PHP app depends on. */
export interface PhpSite {
  /** Relative to the app's folder; '' for the folder itself. */
  documentRoot: string
  /** Given what is no file: index.php; null for a 404. */
  frontController: string | null
  /** Folders beneath have an index of their own. */
  hasFoldersWithIndex: boolean
  /** Where Composer's packages lie within what is served. */
  servesPackages: boolean
  htaccess: Htaccess
  /** Lines of the framework, in the server block. */
  locations: readonly string[]
  /** A file of the app's, in place of our rules for `/`. */
  nginxFile: string | undefined
  maxBodyBytes: number
}

const APP = '/srv/app'
const HIDDEN = '"/\\.(?!well-known(?:/|$))"'

/** What browsers fetch as a file. */
const FILES =
  'avif|bmp|css|csv|eot|flac|gif|ico|jpe?g|js|json|map|mjs|mp[34]|m4[av]|og[gv]|otf|pdf|png|svgz?|tar|ttf|txt|wasm|wav|web[mp]|webmanifest|woff2?|xml|zip'

/** What pages ask for with a version in the address. */
const VERSIONED = 'css|gif|ico|jpe?g|m?js|png|svg|webp|woff2?'

/** Made for programmers and for the server, where the folder with them is served as a whole. */
const NAMES_IN_ROOT =
  'artisan|spark|yii|craft|bin/(?:console|cake|magento)|Procfile|Dockerfile|Makefile|Vagrantfile|compose(?:\\.[\\w-]+)?\\.ya?ml|docker-compose[^/]*|' +
  'composer\\.(?:json|lock)|auth\\.json|symfony\\.lock|package(?:-lock)?\\.json|npm-shrinkwrap\\.json|yarn\\.lock|pnpm-lock\\.yaml|app\\.json|vastrox\\.json|' +
  'php(?:unit|stan|cs)[^/]*\\.(?:xml|neon)(?:\\.dist)?|(?:README|CHANGELOG|UPGRADE|CONTRIBUTING)(?:\\.(?:md|txt|rst))?'
const ENDINGS_IN_ROOT =
  'bak|cfg|conf|db|dist|env|inc|ini|key|lock|log|neon|old|orig|pem|sh|sql(?:ite3?)?(?:\\.(?:gz|bz2|zip))?|sw[op]|twig|ya?ml'

const HEX_NAME = '[.-](?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{8,64}(?:\\.[a-z0-9]{1,12}){1,3}$'
/** Vite, Encore and AssetMapper write into these folders, names with a digest in them. */
const BUILT_NAME =
  '/(?:assets|build)/(?:[^?]*/)?[^/?]*[.-](?=[a-z-]*[A-Z0-9_])[A-Za-z0-9_-]{7,32}\\.[a-z0-9]{1,12}$'

/**
 * The whole configuration of nginx in front of php-fpm; `@PORT@`, `@WORKERS@` and `@KEPT@` (idle
 * connections to php-fpm of one worker) are filled in when it starts.
 */
export const phpNginxConfig = (site: PhpSite): string =>
  [
    '# Written by Vastrox.',
    'worker_processes @WORKERS@;',
    'pcre_jit on;',
    'daemon off;',
    'pid /run/php-server/nginx.pid;',
    'error_log stderr warn;',
    '',
    'events {',
    '  worker_connections 4096;',
    '}',
    '',
    'http {',
    ...indented([
      ...GENERAL,
      `client_max_body_size ${Math.ceil(site.maxBodyBytes / 1024)}k;`,
      ...MAPS,
      'upstream php {',
      '  server unix:/run/php-server/php.sock;',
      '  @KEPT@',
      '}',
      'server {',
      ...indented(server(site)),
      '}',
    ]),
    '}',
    '',
  ].join('\n')

const TEMPORARY = ['client_body', 'fastcgi', 'proxy', 'scgi', 'uwsgi']
const GENERAL = [
  'include /etc/nginx/mime.types;',
  'types {',
  '  application/javascript mjs;',
  '  application/manifest+json webmanifest;',
  '}',
  'default_type application/octet-stream;',
  // Not below /var/lib/nginx: the image may be read-only.
  ...TEMPORARY.map((name) => `${name}_temp_path /tmp/nginx-${name};`),
  'access_log off;',
  'log_not_found off;',
  'server_tokens off;',
  'sendfile on;',
  'tcp_nopush on;',
  'keepalive_timeout 75s;',
  'keepalive_requests 100000;',
  'absolute_redirect off;',
  'gzip on;',
  'gzip_vary on;',
  'gzip_proxied any;',
  'gzip_comp_level 4;',
  'gzip_min_length 1024;',
  'gzip_types text/css text/plain text/xml text/csv application/javascript application/json application/manifest+json',
  '  application/xml application/rss+xml application/atom+xml application/ld+json image/svg+xml;',
  'gzip_static on;',
  '# Only files that are there: the app may write one at any moment.',
  'open_file_cache max=2000 inactive=1h;',
  'open_file_cache_valid 1s;',
  '# Only the proxy of Vastrox reaches this server: what it says about the visitor is true.',
  'set_real_ip_from 0.0.0.0/0;',
  'real_ip_header X-Real-IP;',
]

const MAPS = [
  'map $http_x_forwarded_proto $visitor_https {',
  '  default "";',
  '  https on;',
  '}',
  'map $http_x_forwarded_proto $visitor_scheme {',
  '  default http;',
  '  https https;',
  '}',
  'map $http_x_forwarded_port $visitor_port {',
  '  default $http_x_forwarded_port;',
  '  "" $server_port;',
  '}',
  '# Names that change with the content, and addresses with a version, never change their content.',
  'map $request_uri $file_caching {',
  `  "~${HEX_NAME}" "public, max-age=31536000, immutable";`,
  `  "~${BUILT_NAME}" "public, max-age=31536000, immutable";`,
  `  "~\\.(?:${VERSIONED})[?](?:.*&)?(?:v|ver|version|id)=[^&]" "public, max-age=31536000";`,
  '  default "public, max-age=3600";',
  '}',
]

const FASTCGI = [
  'fastcgi_param QUERY_STRING $query_string;',
  'fastcgi_param REQUEST_METHOD $request_method;',
  'fastcgi_param CONTENT_TYPE $content_type;',
  'fastcgi_param CONTENT_LENGTH $content_length;',
  'fastcgi_param SCRIPT_NAME $fastcgi_script_name;',
  'fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;',
  'fastcgi_param PATH_INFO $path_info;',
  'fastcgi_param REQUEST_URI $request_uri;',
  'fastcgi_param DOCUMENT_URI $document_uri;',
  'fastcgi_param DOCUMENT_ROOT $document_root;',
  'fastcgi_param SERVER_PROTOCOL $server_protocol;',
  'fastcgi_param REQUEST_SCHEME $visitor_scheme;',
  'fastcgi_param HTTPS $visitor_https if_not_empty;',
  'fastcgi_param GATEWAY_INTERFACE CGI/1.1;',
  'fastcgi_param SERVER_SOFTWARE nginx;',
  'fastcgi_param REMOTE_ADDR $remote_addr;',
  'fastcgi_param REMOTE_PORT $remote_port;',
  'fastcgi_param SERVER_ADDR $server_addr;',
  'fastcgi_param SERVER_PORT $visitor_port;',
  'fastcgi_param SERVER_NAME $host;',
  'fastcgi_param REDIRECT_STATUS 200;',
  '# Programs take it for the proxy to use, and anybody can send it.',
  'fastcgi_param HTTP_PROXY "";',
  'fastcgi_keep_conn on;',
  'fastcgi_buffer_size 32k;',
  'fastcgi_buffers 16 16k;',
  'fastcgi_read_timeout 120s;',
  'fastcgi_pass php;',
]

function server(site: PhpSite): string[] {
  const { documentRoot, htaccess, servesPackages, locations, nginxFile } = site
  const fallback = fallbackOf(site)
  const tries = site.hasFoldersWithIndex || site.frontController === null ? '$uri $uri/' : '$uri'
  return [
    'listen @PORT@ default_server backlog=1024;',
    `root "${documentRoot === '' ? APP : `${APP}/${documentRoot}`}";`,
    'index index.php index.html index.htm;',
    ...Object.entries(htaccess.errorPages).map(([status, path]) => `error_page ${status} ${path};`),
    '',
    `location ~ ${HIDDEN} {`,
    '  return 404;',
    '}',
    ...htaccess.denied.flatMap((folder) => hide(`^/${nginxLiteral(folder)}/`)),
    ...htaccess.closed.flatMap((folder) =>
      hide(`^/${nginxLiteral(folder)}/(?!.*\\.(?:${FILES})$)`),
    ),
    ...(servesPackages ? hidden() : []),
    ...locations,
    'location ~ "\\.php(?:/|$)" {',
    '  fastcgi_split_path_info "^(.+?\\.php)(/.*)?$";',
    '  # try_files forgets it.',
    '  set $path_info $fastcgi_path_info;',
    `  try_files $fastcgi_script_name ${fallback};`,
    ...indented(FASTCGI),
    '}',
    '# Never as text: it is the source of a program.',
    ...hide('\\.(?:php[0-9]?|phtml|phps|pht|phar)(?:/|$)', '~*'),
    `location ~* "\\.(?:${FILES})$" {`,
    `  try_files $uri ${fallback};`,
    '  add_header Cache-Control $file_caching;',
    '}',
    ...(nginxFile === undefined
      ? ['location / {', `  try_files ${tries} ${fallback};`, '}']
      : [`include "${APP}/${nginxFile}";`]),
    ...namedLocations(site),
  ]
}

const hide = (expression: string, operator = '~'): string[] => [
  `location ${operator} "${expression}" {`,
  '  return 404;',
  '}',
]

const hidden = (): string[] => [
  ...hide(`^/(?:${NAMES_IN_ROOT})$`, '~*'),
  ...hide(`\\.(?:${ENDINGS_IN_ROOT})$`, '~*'),
  '# Of packages only what browsers need: a script in one is not a page.',
  ...hide(`/(?:vendor|node_modules)/(?!.*\\.(?:${FILES.replace('json|', '')})$)`, '~*'),
]

/** The last word of try_files. */
function fallbackOf({ frontController, htaccess }: PhpSite): string {
  if (htaccess.hidesPhp) return '@without-ending'
  if (frontController === null) return '=404'
  return htaccess.pathArgument === undefined ? `/${frontController}$is_args$args` : '@front'
}

function namedLocations({ frontController, htaccess }: PhpSite): string[] {
  const front =
    htaccess.pathArgument === undefined
      ? `rewrite ^ /${frontController} last;`
      : `rewrite "^/(.*)$" /${frontController}?${htaccess.pathArgument}=$1 last;`
  const last = frontController === null ? 'return 404;' : front
  return [
    ...(htaccess.hidesPhp
      ? [
          'location @without-ending {',
          '  if (-f $request_filename.php) {',
          '    rewrite "^(.*)$" $1.php last;',
          '  }',
          `  ${last}`,
          '}',
        ]
      : []),
    ...(!htaccess.hidesPhp && frontController !== null && htaccess.pathArgument !== undefined
      ? ['location @front {', `  ${last}`, '}']
      : []),
  ]
}

const indented = (lines: readonly string[]): string[] =>
  lines.map((line) => (line === '' ? '' : `  ${line}`))
