import { hasPackage } from './php-composer.ts'
import { databaseKey, type Framework } from './php-framework.ts'

/**
 * Settings are in env variables, which the image has not got: what depends on them is cached when it
 * starts. What cannot be cached (closures in a configuration) is left uncached, and said.
 */
const BEFORE_START = [
  'if ! php artisan optimize --no-ansi --no-interaction >/run/php-server/optimize.log 2>&1; then',
  '  cat /run/php-server/optimize.log >&2',
  '  echo "artisan optimize failed: nothing is cached, and the app starts without it" >&2',
  '  php artisan optimize:clear --no-ansi --no-interaction >/dev/null 2>&1',
  'fi',
]

export const laravel: Framework = {
  title: 'Laravel',
  detect: ({ tree }) => (tree.paths.has('artisan') ? 'artisan' : undefined),
  documentRoot: ({ tree }) => (tree.paths.has('public/index.php') ? 'public' : undefined),
  frontController: 'index.php',
  folders: [
    'bootstrap/cache',
    'storage/app/public',
    'storage/framework/cache/data',
    'storage/framework/sessions',
    'storage/framework/views',
    'storage/logs',
  ],
  links: { 'public/storage': '../storage/app/public' },
  env: { APP_ENV: 'production', LOG_CHANNEL: 'stderr' },

  // Lumen has an artisan without `optimize`.
  beforeStart: ({ composer }) =>
    hasPackage(composer, 'laravel/lumen-framework') ? [] : BEFORE_START,

  release(_source, wishes) {
    const key = databaseKey(wishes)
    if (key === undefined) return undefined
    return { command: 'php artisan migrate --force', where: `Laravel; ${key} is set` }
  },

  notes: ({ tree }, { envKeys }) => [
    ...(envKeys.includes('APP_KEY')
      ? []
      : [
          'APP_KEY is missing: run `php artisan key:generate --show` and set it as an env variable; without it Laravel answers with an error',
        ]),
    ...(tree.paths.has('.env')
      ? [
          '.env is in the repository: whoever has the image can read it; set env variables in its place',
        ]
      : []),
  ],

  advice: (_source, wishes) => [
    'A line `worker: php artisan queue:work --max-time=3600` in a Procfile runs the queue; `scheduler: php artisan schedule:work` runs the scheduler.',
    ...(databaseKey(wishes) === undefined
      ? ['With a database attached, `php artisan migrate --force` runs before each release.']
      : []),
    ...(wishes.envKeys.includes('SESSION_DRIVER')
      ? []
      : [
          'Sessions and uploads in storage/ end with each release: set SESSION_DRIVER and FILESYSTEM_DISK, or add a volume for /srv/app/storage/app.',
        ]),
  ],
}
