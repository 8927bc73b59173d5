import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '@vastrox/shared/node/run.ts'

const SCRIPTS = join(import.meta.dirname, 'php')
const TIMEOUT_MS = 240_000

/** What an app on components of Symfony needs, or a whole one of the framework. */
const SYMFONY = [
  'php-twig',
  ...[
    'console',
    'dotenv',
    'framework-bundle',
    'http-foundation',
    'routing',
    'runtime',
    'twig-bundle',
    'yaml',
  ].map((name) => `php-symfony-${name}`),
]

/**
 * Where Packagist and GitHub are not reached: PHP as Debian ships it, fetched inside a container of
 * the image that PHP apps are built with. `folder` gets what was made.
 */
export function debianPhp(version: string) {
  const made: string[] = []

  async function inContainer(folder: string, script: string): Promise<string> {
    const result = await run(
      '/usr/bin/env',
      [
        'docker',
        'run',
        '--rm',
        '--volume',
        `${SCRIPTS}:/scripts:ro`,
        '--volume',
        `${folder}:/made`,
        '--workdir',
        '/made',
        '--env',
        'COMPOSER_ALLOW_SUPERUSER=1',
        `vastrox/php-build:${version}`,
        'sh',
        '-ec',
        script,
      ],
      { env: { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' }, timeoutMs: TIMEOUT_MS },
    )
    if (result.exitCode !== 0)
      throw new Error(`in a container of PHP: ${result.stderr}${result.stdout.toString()}`)
    return result.stdout.toString()
  }

  function newFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'vastrox-php-'))
    made.push(folder)
    return folder
  }

  return {
    /** Throws with what nginx of that image says about one of the configurations. */
    async checkNginx(configurations: readonly string[], files: readonly string[]): Promise<void> {
      const folder = newFolder()
      for (const [at, text] of configurations.entries())
        writeFileSync(join(folder, `${at}.conf`), text)
      await inContainer(
        folder,
        `touch ${files.join(' ')}; for file in *.conf; do nginx -t -q -c "/made/$file"; done`,
      )
    },

    /** A Composer repository of type "artifact": zips of Symfony's packages. */
    async artifacts(): Promise<string> {
      const folder = newFolder()
      await inContainer(
        folder,
        `apt-get -qq update && apt-get -qq install -y --no-install-recommends ${SYMFONY.join(' ')} >/dev/null 2>&1 && php /scripts/composer-artifacts.php /made`,
      )
      return folder
    },

    /** A WordPress as people push it, without a wp-config.php. */
    async wordpress(): Promise<string> {
      const folder = newFolder()
      await inContainer(folder, 'sh /scripts/debian-wordpress.sh /made')
      return folder
    },

    /** Writes composer.lock, as a developer does before the first push. */
    async lock(folder: string): Promise<void> {
      await inContainer(
        folder,
        'composer update --no-install --no-scripts --no-interaction --quiet --ignore-platform-req=ext-intl',
      )
    },

    remove: (): void => {
      for (const folder of made) rmSync(folder, { recursive: true, force: true })
    },
  }
}
