import { find, type Rule } from '#core/failures/rule.ts'

/** What PHP, Composer and frameworks say. */
export const phpRules: readonly Rule[] = [
  {
    name: 'laravel-app-key',
    pattern: /No application encryption key has been specified/,
    explain: () => ({
      reason: 'APP_KEY is not set.',
      hint: 'Run `php artisan key:generate --show` and set what it prints: `vastrox env:set <app> APP_KEY=…`.',
    }),
  },
  {
    name: 'php-parse-error',
    pattern:
      /PHP (?:Parse|Fatal) error: +(syntax error, .{1,200}?) in (?:\/srv\/app\/)?(\S+) on line (\d+)/,
    explain: ([, what, file, line]) => ({
      reason: `${file}, line ${line}: ${what}.`,
      hint: 'Check it with `php -l` and the same version of PHP.',
    }),
  },
  {
    name: 'php-class-not-found',
    pattern: /Uncaught Error: Class "([^"]+)" not found in (?:\/srv\/app\/)?(\S+?):(\d+)/,
    explain: ([, name, file, line]) => ({
      reason: `The class ${name} is not found (${file}, line ${line}).`,
      hint: 'Require its package in composer.json, or mind namespace and capitals of the file: Linux tells them apart.',
    }),
  },
  {
    name: 'composer-extension-missing',
    pattern: /requires (?:PHP extension )?(ext-[\w-]+)/,
    explain: ([, name]) => ({
      reason: `Composer misses the PHP extension ${name}.`,
      hint: `Name it under "require" in composer.json ("${name}": "*"): Vastrox installs those that the distribution has.`,
    }),
  },
  {
    name: 'composer-php-version',
    pattern:
      /requires php (\S.{0,80}?) but your php version \((\S+)\)|requires php (\S+) -> your php version \((\S+);/,
    explain: (found) => ({
      reason: `The project wants PHP ${found[1] ?? found[3]}, and this is ${found[2] ?? found[4]}.`,
      hint: 'Change "php" under "require" in composer.json, or the version in the build settings.',
    }),
  },
  {
    name: 'composer-lock-out-of-step',
    pattern: /lock file is not up to date with the latest changes|not present in the lock file/,
    explain: () => ({
      reason: 'composer.lock is out of step with composer.json.',
      hint: 'Run `composer update --lock` and commit composer.lock.',
    }),
  },
  {
    name: 'composer-package-not-found',
    pattern:
      /Root composer\.json requires (\S+)[^,]*, it could not be found|Could not find a matching version of package (\S+)/,
    explain: (found) => ({
      reason: `The package ${found[1] ?? found[2]} does not exist in the repositories.`,
      hint: 'Look at its name; a private repository needs COMPOSER_AUTH among the build’s env.',
    }),
  },
  {
    name: 'php-uncaught',
    pattern: /PHP Fatal error: +Uncaught (.{1,250}?) in (?:\/srv\/app\/)?(\S+?):(\d+)/,
    explain: ([, what, file, line], failure) => ({
      reason: `${file}, line ${line}: ${what}`,
      hint: find(failure, /SQLSTATE/)
        ? 'Look at the database’s address and password in the env variables.'
        : 'The lines above show where it comes from.',
    }),
  },
]
