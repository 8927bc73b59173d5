import { addUser, installPackages } from '#agent/images/recipes/apt.ts'
import { defineRecipe } from '#agent/images/recipes/recipe.ts'

/**
 * In every image: what most apps and frameworks want and what is small (all of them 23 MB, of which
 * curl is 12). gd and intl, 40 and 37 MB, and everything else an app's own Dockerfile adds.
 */
const EXTENSIONS = [
  'bcmath',
  'curl',
  'mbstring',
  'mysql',
  'opcache',
  'pgsql',
  'redis',
  'sqlite3',
  'xml',
  'zip',
]

/** Debian 11 has what comes from PECL under names without a version. */
const packageOf = (version: string, extension: string): string =>
  version === '7.4' && extension === 'redis' ? 'php-redis' : `php${version}-${extension}`

/** php-fpm behind nginx in the image that runs, composer in the one that builds. */
export const php = defineRecipe({
  stack: 'php',
  title: 'PHP',
  versions: [
    { version: '8.4', suite: 'trixie' },
    { version: '8.2', suite: 'bookworm' },
    { version: '7.4', suite: 'bullseye' },
  ],
  dockerfile: ({ version, base }) =>
    [
      `FROM ${base} AS runtime`,
      installPackages([
        'nginx-light',
        ...['fpm', 'cli'].map((name) => `php${version}-${name}`),
        ...EXTENSIONS.map((extension) => packageOf(version, extension)),
        // All that php-fpm's package wants of systemd, which is 15 MB; Debian 11 has it in no other way.
        ...(version === '7.4' ? [] : ['systemd-standalone-tmpfiles']),
      ]),
      // Where nginx and php-fpm keep sockets, sessions and bodies, and the app's folder: they never
      // run as root.
      `RUN ${addUser('app')} && rm -rf /var/www/html && mkdir -p /run/php-server/sessions /srv/app` +
        ' && chown -R 1000:1000 /run/php-server /srv/app /var/lib/nginx /var/log/nginx' +
        ` && ln -s php-fpm${version} /usr/sbin/php-fpm && php --version && nginx -v`,
      '',
      'FROM runtime AS build',
      installPackages(['composer', 'git', 'openssh-client', 'patch', 'unzip']),
      'RUN COMPOSER_ALLOW_SUPERUSER=1 composer --version',
      '',
    ].join('\n'),
})
