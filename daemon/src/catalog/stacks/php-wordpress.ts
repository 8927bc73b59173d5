import type { Wishes } from '#ports/stack.ts'
import type { Framework, PhpSource } from './php-framework.ts'

/** Each says where a database of the kind is that WordPress takes. */
const DATABASE_KEYS = ['WORDPRESS_DB_HOST', 'DATABASE_URL', 'MYSQL_URL', 'MARIADB_URL', 'DB_HOST']
const databaseKey = ({ envKeys }: Wishes): string | undefined =>
  DATABASE_KEYS.find((key) => envKeys.includes(key))

const CORE = ['wp-load.php', 'wp-settings.php', 'wp-config.php', 'wp-config-sample.php']

/** The settings of a WordPress that brings no wp-config.php: everything from env variables. */
const CONFIG = `<?php
// Written by Vastrox, since the repository has no wp-config.php: the settings are env variables.
$vastrox_url = parse_url(getenv('DATABASE_URL') ?: getenv('MYSQL_URL') ?: getenv('MARIADB_URL') ?: '') ?: [];
$vastrox_env = static function (array $names, string $default = ''): string {
    foreach ($names as $name) {
        $value = getenv($name);
        if ($value !== false && $value !== '') {
            return $value;
        }
    }
    return $default;
};
$vastrox_part = static function (string $part) use ($vastrox_url): string {
    return rawurldecode((string) ($vastrox_url[$part] ?? ''));
};
$vastrox_host = $vastrox_part('host') . (isset($vastrox_url['port']) ? ':' . $vastrox_url['port'] : '');

define('DB_NAME', $vastrox_env(['WORDPRESS_DB_NAME', 'DB_NAME', 'DB_DATABASE'], ltrim($vastrox_part('path'), '/')));
define('DB_USER', $vastrox_env(['WORDPRESS_DB_USER', 'DB_USER', 'DB_USERNAME'], $vastrox_part('user')));
define('DB_PASSWORD', $vastrox_env(['WORDPRESS_DB_PASSWORD', 'DB_PASSWORD'], $vastrox_part('pass')));
define('DB_HOST', $vastrox_env(['WORDPRESS_DB_HOST', 'DB_HOST'], $vastrox_host));
define('DB_CHARSET', $vastrox_env(['WORDPRESS_DB_CHARSET'], 'utf8mb4'));
define('DB_COLLATE', '');
$table_prefix = $vastrox_env(['WORDPRESS_TABLE_PREFIX'], 'wp_');

// Those that are not set WordPress makes up and keeps in its database.
foreach (['AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY', 'AUTH_SALT', 'SECURE_AUTH_SALT', 'LOGGED_IN_SALT', 'NONCE_SALT'] as $vastrox_name) {
    $vastrox_value = $vastrox_env(['WORDPRESS_' . $vastrox_name, $vastrox_name]);
    if ($vastrox_value !== '') {
        define($vastrox_name, $vastrox_value);
    }
}
define('WP_DEBUG', $vastrox_env(['WORDPRESS_DEBUG']) !== '');
define('FS_METHOD', 'direct');
if (!defined('ABSPATH')) {
    define('ABSPATH', __DIR__ . '/');
}
require_once ABSPATH . 'wp-settings.php';
`

export const wordpress: Framework = {
  title: 'WordPress',
  detect: ({ tree }) => CORE.find((path) => tree.paths.has(path)),
  documentRoot: () => '',
  frontController: 'index.php',
  locations: [
    '# What visitors may upload is never run.',
    'location ~* "^/wp-content/(?:uploads|files)/.*\\.php(?:/|$)" {',
    '  return 404;',
    '}',
    'location ~* "^/(?:wp-config(?:-sample)?\\.php|wp-content/debug\\.log|wp-admin/includes/|wp-includes/[^/]+\\.php$|wp-includes/theme-compat/)" {',
    '  return 404;',
    '}',
  ],
  changesItself: true,
  extensions: ['gd'],
  folders: ['wp-content/uploads'],

  phpVersion({ tree }) {
    const text = tree.read('wp-includes/version.php') ?? ''
    const written = /^\$wp_version\s*=\s*['"](\d{1,2})\.(\d{1,2})/m.exec(text)
    const [, major, minor] = written?.map(Number) ?? []
    if (major === undefined || minor === undefined) return undefined
    const release = major * 100 + minor
    if (release < 506)
      return { version: '7.4', because: `(WordPress ${major}.${minor} is older than PHP 8)` }
    if (release < 607)
      return { version: '8.2', because: `(WordPress ${major}.${minor} is older than PHP 8.4)` }
    return undefined
  },

  files: (source, wishes) => (bringsConfig(source, wishes) ? { 'wp-config.php': CONFIG } : {}),

  notes: (source, wishes) => {
    if (source.tree.paths.has('wp-config.php')) return []
    return bringsConfig(source, wishes)
      ? [
          `no wp-config.php: Vastrox adds one that reads ${databaseKey(wishes)} and other env variables`,
        ]
      : [
          'no wp-config.php and no database: WordPress asks for one, but what it writes is lost with the next release; attach a MySQL or MariaDB database, and Vastrox adds a wp-config.php',
        ]
  },

  advice: () => [
    'Uploads are lost with each release unless /srv/app/wp-content/uploads is a volume; for plugins and themes that are installed in WordPress itself make it /srv/app/wp-content.',
    'WordPress runs its timed jobs when somebody visits: for an exact time set DISABLE_WP_CRON in wp-config.php and run `php wp-cron.php` every 5 minutes as a scheduled job.',
  ],
}

/** The database and WordPress itself are there, its settings are not. */
export const bringsConfig = ({ tree }: PhpSource, wishes: Wishes): boolean =>
  !tree.paths.has('wp-config.php') &&
  tree.paths.has('wp-settings.php') &&
  databaseKey(wishes) !== undefined
