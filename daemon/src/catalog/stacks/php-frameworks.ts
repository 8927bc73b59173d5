import { hasPackage } from './php-composer.ts'
import type { Framework, PhpSource } from './php-framework.ts'
import { laravel } from './php-laravel.ts'
import { symfony } from './php-symfony.ts'
import { wordpress } from './php-wordpress.ts'

/** The first of the packages that is installed, or of the files that are there. */
function firstOf(
  { tree, composer }: PhpSource,
  { files = [], packages = [] }: { files?: readonly string[]; packages?: readonly string[] },
): string | undefined {
  return (
    files.find((path) => tree.paths.has(path)) ??
    packages.find((name) => hasPackage(composer, name))
  )
}

const folderWith =
  (file: string, ...folders: readonly string[]) =>
  ({ tree }: PhpSource): string | undefined =>
    folders.find((folder) => tree.paths.has(folder === '' ? file : `${folder}/${file}`))

const drupal: Framework = {
  title: 'Drupal',
  detect: (source) =>
    firstOf(source, {
      files: ['web/core/lib/Drupal.php', 'docroot/core/lib/Drupal.php', 'core/lib/Drupal.php'],
      packages: ['drupal/core-recommended', 'drupal/core'],
    }),
  // Composer writes index.php there during the build.
  documentRoot: ({ tree }) => {
    const folder = ['web', 'docroot'].find((one) =>
      [...tree.paths].some((path) => path.startsWith(`${one}/`)),
    )
    if (folder !== undefined) return folder
    return tree.paths.has('index.php') ? '' : 'web'
  },
  frontController: 'index.php',
  locations: [
    'location ~* "^/sites/[^/]+/(?:private/|files/.*\\.php(?:/|$)|settings[^/]*\\.php)" {',
    '  return 404;',
    '}',
    'location ~* "\\.(?:engine|inc|install|make|module|profile|po|theme|twig|tpl\\.php|ya?ml)$" {',
    '  return 404;',
    '}',
  ],
  extensions: ['gd'],
  advice: () => [
    'Add a release command to a Procfile, `release: vendor/bin/drush deploy --yes`, to update the database with each release; files that are uploaded need a volume for sites/default/files.',
  ],
}

const craft: Framework = {
  title: 'Craft CMS',
  detect: (source) => firstOf(source, { files: ['craft'], packages: ['craftcms/cms'] }),
  documentRoot: folderWith('index.php', 'web', 'public'),
  frontController: 'index.php',
  extensions: ['gd', 'intl'],
  folders: ['storage', 'web/cpresources'],
  advice: () => [
    'Add a release command to a Procfile, `release: php craft up --interactive=0`, to update the database with each release.',
  ],
}

const codeIgniter: Framework = {
  title: 'CodeIgniter',
  detect: (source) => firstOf(source, { files: ['spark'], packages: ['codeigniter4/framework'] }),
  documentRoot: folderWith('index.php', 'public'),
  frontController: 'index.php',
  extensions: ['intl'],
  folders: ['writable/cache', 'writable/logs', 'writable/session', 'writable/uploads'],
  env: { CI_ENVIRONMENT: 'production' },
  advice: () => [
    'Add `release: php spark migrate --all` to a Procfile to update the database with each release.',
  ],
}

const codeIgniter3: Framework = {
  title: 'CodeIgniter 3',
  detect: (source) => firstOf(source, { files: ['system/core/CodeIgniter.php'] }),
  frontController: 'index.php',
  locations: ['location ~ "^/(?:application|system)/" {', '  return 404;', '}'],
  env: { CI_ENV: 'production' },
}

const yii: Framework = {
  title: 'Yii',
  detect: (source) => firstOf(source, { files: ['yii'], packages: ['yiisoft/yii2'] }),
  documentRoot: folderWith('index.php', 'web', 'frontend/web', 'public'),
  frontController: 'index.php',
  folders: ['runtime', 'web/assets'],
  advice: ({ tree }) => [
    'Add `release: php yii migrate --interactive=0` to a Procfile to update the database with each release.',
    ...(tree.paths.has('backend/web/index.php')
      ? ['The backend is an app of its own: create one with documentRoot backend/web.']
      : []),
  ],
}

const cakePhp: Framework = {
  title: 'CakePHP',
  detect: (source) =>
    firstOf(source, { files: ['bin/cake', 'bin/cake.php'], packages: ['cakephp/cakephp'] }),
  documentRoot: folderWith('index.php', 'webroot'),
  frontController: 'index.php',
  extensions: ['intl'],
  folders: ['logs', 'tmp/cache/models', 'tmp/cache/persistent', 'tmp/cache/views', 'tmp/sessions'],
  env: { DEBUG: 'false' },
  advice: () => [
    'Add `release: bin/cake migrations migrate` to a Procfile to update the database with each release.',
  ],
}

const magento: Framework = {
  title: 'Magento',
  detect: (source) => firstOf(source, { files: ['bin/magento'] }),
  documentRoot: folderWith('index.php', 'pub'),
  frontController: 'index.php',
  locations: [
    'location ~ "^/static/version[^/]+/(.+)$" {',
    '  rewrite "^/static/version[^/]+/(.+)$" /static/$1 last;',
    '}',
    'location /static/ {',
    '  try_files $uri /static.php?resource=$uri;',
    '}',
    'location /media/ {',
    '  try_files $uri /get.php$is_args$args;',
    '}',
    'location ~ "^/media/(?:customer|downloadable|import|custom_options)/" {',
    '  return 404;',
    '}',
  ],
  extensions: ['gd', 'intl', 'soap'],
  folders: ['generated', 'var/cache', 'var/log', 'var/page_cache', 'pub/static', 'pub/media'],
  advice: () => [
    'Set buildCommand to `php bin/magento setup:di:compile && php bin/magento setup:static-content:deploy -f`.',
  ],
}

const joomla: Framework = {
  title: 'Joomla',
  detect: (source) => {
    const file = firstOf(source, { files: ['administrator/index.php'] })
    return file !== undefined && source.tree.paths.has('includes/framework.php') ? file : undefined
  },
  documentRoot: () => '',
  frontController: 'index.php',
  changesItself: true,
  extensions: ['gd', 'intl'],
}

const bedrock: Framework = {
  ...wordpress,
  title: 'WordPress (Bedrock)',
  detect: ({ tree }) =>
    tree.paths.has('web/wp-config.php') && tree.paths.has('config/application.php')
      ? 'config/application.php'
      : undefined,
  documentRoot: () => 'web',
  locations: [
    'location ~* "^/app/uploads/.*\\.php(?:/|$)" {',
    '  return 404;',
    '}',
    'location ~ "^/wp/?$" {',
    '  return 302 /wp/wp-admin/;',
    '}',
  ],
  changesItself: false,
  folders: ['web/app/uploads'],
  env: { WP_ENV: 'production' },
  files: () => ({}),
  notes: () => [],
  advice: () => ['Uploads are lost with each release unless /srv/app/web/app/uploads is a volume.'],
}

/** An app whose index.php answers for every path: Slim, Laminas, Mezzio and the like. */
const MICRO: readonly (readonly [name: string, title: string])[] = [
  ['slim/slim', 'Slim'],
  ['mezzio/mezzio', 'Mezzio'],
  ['laminas/laminas-mvc', 'Laminas'],
  ['mikecao/flight', 'Flight'],
  ['flightphp/core', 'Flight'],
  ['league/route', 'League Route'],
  ['nikic/fast-route', 'FastRoute'],
]
const micro: readonly Framework[] = MICRO.map(([name, title]) => ({
  title,
  detect: ({ composer }) =>
    composer && Object.hasOwn(composer.require, name) ? `${name} in composer.json` : undefined,
  frontController: 'index.php',
}))

/** The first that is detected counts. */
export const frameworks: readonly Framework[] = [
  bedrock,
  wordpress,
  laravel,
  drupal,
  magento,
  craft,
  codeIgniter,
  codeIgniter3,
  yii,
  cakePhp,
  joomla,
  symfony,
  ...micro,
]
