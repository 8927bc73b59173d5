import { hasPackage } from './php-composer.ts'
import { databaseKey, type Framework, type PhpSource } from './php-framework.ts'

/** Values of .env as one array, which is read faster and says the same (symfony/flex: dump-env). */
const DUMP_ENV = `<?php
// Written by Vastrox: the .env files as one array. Real env variables go before them.
chdir('/srv/app');
if (!is_file('.env') || is_file('.env.local.php')) {
    exit(0);
}
require 'vendor/autoload.php';
if (!class_exists(Symfony\\Component\\Dotenv\\Dotenv::class)) {
    exit(0);
}
$_SERVER = $_ENV = [];
putenv('APP_ENV');
$_SERVER['APP_ENV'] = $_ENV['APP_ENV'] = 'prod';
(new Symfony\\Component\\Dotenv\\Dotenv())->loadEnv('.env', 'APP_ENV', 'prod', ['test']);
unset($_ENV['SYMFONY_DOTENV_VARS'], $_ENV['SYMFONY_DOTENV_PATH']);
file_put_contents('.env.local.php', '<?php' . "\\n\\nreturn " . var_export($_ENV, true) . ";\\n");
`

/** Stand-ins for what a container may want to be there when it is put together. */
const STAND_INS: Readonly<Record<string, string>> = {
  APP_SECRET: 'build',
  MAILER_DSN: 'null://null',
  MESSENGER_TRANSPORT_DSN: 'in-memory://',
}

/** A start of the console takes longer than looking whether a bundle brings any. */
const BUNDLE_ASSETS =
  "find vendor src -maxdepth 5 -type d -path '*/Resources/public' -print -quit; find vendor -maxdepth 3 -mindepth 3 -type d -name public -print -quit"

const isOld = ({ tree }: PhpSource): boolean =>
  tree.paths.has('web/app.php') && !tree.paths.has('public/index.php')

/**
 * What Doctrine works out beforehand depends on the kind of database, which only the env variables of
 * the running app tell.
 */
const needsDatabaseToWarm = ({ composer }: PhpSource): boolean =>
  ['doctrine/orm', 'doctrine/doctrine-bundle', 'symfony/orm-pack'].some((name) =>
    hasPackage(composer, name),
  )

const hasConsole = ({ tree }: PhpSource): boolean => tree.paths.has('bin/console')

export const symfony: Framework = {
  title: 'Symfony',
  detect: (source) => {
    const { tree, composer } = source
    if (tree.paths.has('symfony.lock')) return 'symfony.lock'
    const isApp =
      tree.paths.has('config/bundles.php') ||
      tree.paths.has('src/Kernel.php') ||
      hasPackage(composer, 'symfony/framework-bundle')
    if (hasConsole(source) && isApp) return 'bin/console'
    return isOld(source) && tree.paths.has('app/AppKernel.php') ? 'app/AppKernel.php' : undefined
  },
  documentRoot: ({ tree }) =>
    ['public', 'web'].find(
      (folder) => tree.paths.has(`${folder}/index.php`) || tree.paths.has(`${folder}/app.php`),
    ),
  frontController: 'index.php',
  folders: ['var/cache', 'var/log', 'var/sessions'],
  env: { APP_ENV: 'prod', APP_DEBUG: '0' },
  files: () => ({ 'dump-env.php': DUMP_ENV }),

  build(source) {
    const { tree } = source
    const assets = [
      ...(hasConsole(source) && hasPackage(source.composer, 'symfony/framework-bundle')
        ? [
            `if [ -n "$(${BUNDLE_ASSETS})" ]; then php bin/console assets:install --no-interaction; fi`,
          ]
        : []),
      ...(tree.paths.has('importmap.php')
        ? ['php bin/console importmap:install', 'php bin/console asset-map:compile']
        : []),
    ]
    const standIns = Object.entries(STAND_INS).map(
      ([key, value]) => `grep -qs '^${key}=' .env || export ${key}=${value}`,
    )
    return [
      'php .vastrox/dump-env.php',
      ...(hasConsole(source) ? [...standIns, ...assets] : []),
      ...(hasConsole(source) && !needsDatabaseToWarm(source)
        ? [
            'if ! php bin/console cache:warmup --no-interaction; then',
            '  rm -rf var/cache/prod',
            '  echo "The cache is warmed when the app starts."',
            'fi',
          ]
        : []),
    ]
  },

  beforeStart: (source) =>
    hasConsole(source)
      ? [
          'if [ ! -d var/cache/prod ]; then',
          '  php bin/console cache:warmup --no-interaction --no-ansi >&2 || exit 1',
          'fi',
        ]
      : [],

  release(source, wishes) {
    const key = databaseKey(wishes)
    if (key === undefined || !hasPackage(source.composer, 'doctrine/doctrine-migrations-bundle'))
      return undefined
    return {
      command: 'php bin/console doctrine:migrations:migrate --no-interaction --allow-no-migration',
      where: `DoctrineMigrationsBundle; ${key} is set`,
    }
  },

  notes: (source) =>
    needsDatabaseToWarm(source)
      ? ['the cache is warmed when the app starts: Doctrine needs to know the database for it']
      : [],

  advice: ({ composer }) =>
    hasPackage(composer, 'symfony/messenger')
      ? [
          'A line `worker: php bin/console messenger:consume async --time-limit=3600` in a Procfile handles messages.',
        ]
      : [],
}
